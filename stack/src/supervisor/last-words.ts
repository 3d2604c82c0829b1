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
  // A logger's first error is the cause, what follows it the consequence; without a logger the last one tells most.
  const telling =
    lines.find((line) => /\b(ERROR|FATAL)\b|"s":"[EF]"/.test(line)) ??
    lines.findLast((line) => /\b(error|fatal|exception|invalid|refused|denied)\b/i.test(line))
  return sentenceOf(telling ?? lines.at(-1) ?? '').slice(0, 400)
}

function sentenceOf(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    const record = JSON.parse(line) as { msg?: unknown; attr?: { error?: unknown; message?: unknown } }
    const detail = record.attr?.message ?? record.attr?.error // where mongod says what its msg only names
    if (typeof record.msg !== 'string') return line
    return detail === undefined ? record.msg : `${record.msg} ${JSON.stringify(detail)}`
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
