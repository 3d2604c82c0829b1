import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'

/** The file's text, or why it has none: words that go on after the file's name. */
export type TextFileRead =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this process',
}

/**
 * Reads a file of UTF-8 text without a byte order mark that it may begin with. Never throws, and neither a size that
 * grows while it is read nor a pipe that never ends takes more than `maxBytes`.
 */
export async function readTextFile(path: string, maxBytes: number): Promise<TextFileRead> {
  try {
    if (!(await stat(path)).isFile()) return { ok: false, problem: 'is not a regular file' }
    const bytes = await buffer(createReadStream(path, { end: maxBytes }))
    if (bytes.length > maxBytes) return { ok: false, problem: `is larger than ${maxBytes} bytes` }
    return decode(bytes)
  } catch (error) {
    const code = String((error as { code?: unknown } | null)?.code ?? 'unknown error')
    return { ok: false, problem: REASONS[code] ?? `cannot be read (${code})` }
  }
}

function decode(bytes: Buffer): TextFileRead {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { ok: false, problem: 'is not UTF-8 text' }
  }
}
