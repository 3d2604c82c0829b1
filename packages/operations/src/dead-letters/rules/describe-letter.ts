import { formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'
import type { DeadLetter } from './read-dead-letter.ts'
import type { ValueRead } from './value-read.ts'

export interface LetterFacts extends DeadLetter {
  readonly headers: Readonly<Record<string, string>>
  readonly value: ValueRead
  readonly replayedBy: string | null
}

/** Everything about one dead letter, a line each; its value only with `withPayload`, since it may name people. */
export function describeLetter(letter: LetterFacts, withPayload: boolean): string[] {
  const { location, origin, history } = letter
  const facts: [string, string][] = [
    ['dead letter', placeOf(location)],
    ['since', formatTime(letter.at)],
    ['came from', origin === null ? 'unknown' : placeOf(origin)],
    ['company (key)', letter.company ?? 'none'],
    ['code', letter.code],
    ['reason', letter.message ?? 'not given'],
    ['step', `${letter.step ?? 'not given'} of ${letter.service ?? 'an unnamed service'}`],
    ['attempts', letter.attempts === null ? 'not given' : String(letter.attempts)],
    ['replayed', letter.replayedBy === null ? 'no' : `by ${letter.replayedBy}`],
    ...history.map((step): [string, string] => ['came back', `${step.at} ${step.code}, from ${placeOf(step)}`]),
  ]
  if (letter.problem !== null) facts.push(['unreadable', letter.problem])
  const width = Math.max(...facts.map(([name]) => name.length))
  const headers = Object.entries(letter.headers).map(([name, value]) => `  ${name}: ${value}`)
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    headers.length === 0 ? 'no headers' : 'headers',
    ...headers,
    ...describeValue(letter.value, letter.bytes, withPayload),
  ]
}

function describeValue(value: ValueRead, bytes: number | null, withPayload: boolean): string[] {
  if (value.kind === 'empty') return ['no value (a tombstone)']
  if (value.kind === 'unreadable') return [`value of ${bytes} bytes cannot be decoded: ${value.reason}`]
  if (value.kind === 'unchecked') return [`value of ${bytes} bytes was not decoded: ${value.reason}`]
  if (!withPayload) return [`value of ${bytes} bytes decodes; --payload shows it, personal data included`]
  return ['value', ...JSON.stringify(value.value, null, 2).split('\n')]
}

function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string {
  return offset < 0 ? `${topic}, place unknown` : `${topic}/${partition}/${offset}`
}
