import { TextDecoder } from 'node:util'
import { MAX_ROW_BYTES, type RawRow } from './raw-row.ts'

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Reads one JSON object a line. Blank lines do not count; a line that is no object, no UTF-8 or too long is a bad row
 * and the next line is read as if nothing had been. Holds one line at a time.
 */
export async function* readNdjson(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let line = 0
  for await (const bytes of splitLines(chunks)) {
    line += 1
    if (bytes === null) {
      yield { ok: false, line, reason: `is longer than ${MAX_ROW_BYTES} bytes`, raw: null }
      continue
    }
    const row = parseLine(utf8, bytes, line)
    if (row !== undefined) yield row
  }
}

function parseLine(utf8: TextDecoder, bytes: Buffer, line: number): RawRow | undefined {
  let text: string
  try {
    text = utf8.decode(bytes).replace(BYTE_ORDER_MARK, '').trim()
  } catch {
    return { ok: false, line, reason: 'holds bytes that are no UTF-8', raw: bytes.toString('latin1') }
  }
  if (text === '') return undefined
  try {
    const record: unknown = JSON.parse(text)
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
      return { ok: true, line, record: record as Record<string, unknown> }
    }
    return { ok: false, line, reason: 'is no JSON object', raw: record }
  } catch {
    return { ok: false, line, reason: 'is no JSON', raw: text }
  }
}

/** The lines without their ends; null for one that is too long. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let rest: Buffer[] = []
  let restBytes = 0
  const take = (end: Buffer): Buffer | null => {
    const line = restBytes + end.length > MAX_ROW_BYTES ? null : rest.length === 0 ? end : Buffer.concat([...rest, end])
    rest = []
    restBytes = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield take(chunk.subarray(start, end))
      start = end + 1
    }
    const tail = chunk.subarray(start)
    restBytes += tail.length
    if (restBytes <= MAX_ROW_BYTES) rest.push(tail)
    else rest = []
  }
  if (restBytes > 0) yield take(Buffer.alloc(0))
}
