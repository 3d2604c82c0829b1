import { garbage, tooLarge } from './rules/source-errors.ts'

/** As much of a response as is read here. */
export interface JsonResponse {
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/**
 * Reads a response's body as JSON. It is counted as it comes, after decompression, and left as soon as it is too large:
 * neither an endless body nor a small one that unpacks to a large one is ever held whole.
 * @param maxBytes after decompression.
 * @throws PeopleSourceError `people_source_too_large`, or `people_source_garbage` where it is no JSON in UTF-8; what the
 * body throws.
 */
export async function readJson({ headers, body }: JsonResponse, maxBytes: number): Promise<unknown> {
  const type = headers.get('content-type') ?? ''
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) throw garbage('the answer is no JSON by its content-type')
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw tooLarge(`an answer is larger than ${maxBytes} bytes`, 'PEOPLE_SOURCE_MAX_BYTES')
    chunks.push(chunk)
  }
  return parseJson(decodeUtf8(Buffer.concat(chunks)))
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw garbage('the answer is no UTF-8')
  }
}

/** The parser's own words quote the document, which holds people: they are left out. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw garbage('the answer is no valid JSON')
  }
}
