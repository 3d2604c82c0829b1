import { countOf, formatTable, formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'
import type { DeadLetterList, ListedLetter } from './dead-letter-list.ts'

const HEADINGS = ['TOPIC', 'PARTITION', 'OFFSET', 'TIME', 'COMPANY', 'CODE', 'ATTEMPTS', 'STATE']
const GROUP_HEADINGS = ['TOPIC', 'CODE', 'LETTERS', 'REPLAYED', 'UNREADABLE', 'FIRST', 'LAST']

/** A list of dead letters, a line each. */
export function describeList({ letters, total, groups }: DeadLetterList): string[] {
  if (total === 0) return ['No dead letters.']
  const lines = [...formatTable(HEADINGS, letters.map(toRow)), '']
  if (letters.length < total) lines.push(`The newest ${letters.length} of ${total.toLocaleString('en')} (--limit).`, '')
  const groupRows = groups.map(({ topic, code, count, replayed, unreadable, firstAt, lastAt }) => [
    topic,
    code,
    String(count),
    String(replayed),
    String(unreadable),
    formatTime(firstAt),
    formatTime(lastAt),
  ])
  lines.push(...formatTable(GROUP_HEADINGS, groupRows), '', `${countOf(total, 'dead letter')}.`)
  const unchecked = letters.find(({ value }) => value === 'unchecked')
  if (unchecked) lines.push(`WARNING: whether values can be read was not checked: ${unchecked.valueProblem}`)
  return lines
}

function toRow(letter: ListedLetter): string[] {
  const { topic, partition, offset } = letter.location
  return [
    topic,
    String(partition),
    String(offset),
    formatTime(letter.at),
    letter.company ?? '-',
    letter.code,
    letter.attempts === null ? '-' : String(letter.attempts),
    stateOf(letter),
  ]
}

function stateOf({ replayedBy, problem, value, valueProblem, history }: ListedLetter): string {
  const parts = [replayedBy === null ? 'not replayed' : `replayed by ${replayedBy}`]
  if (history.length > 0) parts.push(`came back from ${countOf(history.length, 'replay')}`)
  if (problem !== null) parts.push(`unreadable: ${problem}`)
  if (value === 'unreadable') parts.push(`unreadable value: ${valueProblem}`)
  if (value === 'empty') parts.push('no value')
  return parts.join('; ')
}
