import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const MOST_BYTES = 64 * 1024

/**
 * Why a process died, from what it wrote since a position in its log: the sentence of a JSON line or the last line
 * that reads like an error, otherwise the last line; at most 400 characters.
 */
export function lastWords(logFile: string, sinceByte: number): string {
  const lines = readTail(logFile, sinceByte)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at |\.\.\. \d+ more|SLF4J)/.test(line))
  const telling = lines.findLast((line) => /\b(error|fatal|exception|invalid|refused|denied)\b|"s":"[EF]"/i.test(line))
  return sentenceOf(telling ?? lines.at(-1) ?? '').slice(0, 400)
}

function sentenceOf(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    const record = JSON.parse(line) as { msg?: unknown; attr?: { error?: unknown } }
    const detail = record.attr?.error === undefined ? '' : ` ${JSON.stringify(record.attr.error)}`
    return typeof record.msg === 'string' ? record.msg + detail : line
  } catch {
    return line
  }
}

function readTail(path: string, sinceByte: number): string {
  try {
    const file = openSync(path, 'r')
    try {
      const size = fstatSync(file).size
      const from = Math.max(sinceByte, size - MOST_BYTES)
      const buffer = Buffer.alloc(Math.max(0, size - from))
      readSync(file, buffer, 0, buffer.length, from)
      return buffer.toString('utf8')
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}
