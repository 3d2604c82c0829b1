import { isUtf8 } from 'node:buffer'

export type ParsedJson = { readonly ok: true; readonly text: string; readonly value: unknown } | { readonly ok: false }

/**
 * Parses bytes as JSON (RFC 8259): strict UTF-8 without a byte order mark. Returns the text as it came beside the value.
 * Of a key that comes twice the last counts, here and wherever the text is parsed again.
 */
export function parseJson(bytes: Buffer): ParsedJson {
  if (!isUtf8(bytes)) return { ok: false }
  const text = bytes.toString('utf8')
  try {
    // A byte order mark is kept by toString and is no JSON whitespace, so it fails here.
    return { ok: true, text, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
