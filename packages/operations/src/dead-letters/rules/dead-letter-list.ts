import type { DeadLetter } from './read-dead-letter.ts'
import type { ValueRead } from './value-read.ts'

/** A letter as a list shows it. */
export interface ListedLetter extends DeadLetter {
  readonly value: ValueRead['kind']
  /** Why the value cannot be read, or was not. */
  readonly valueProblem: string | null
  /** The replay that has taken it. */
  readonly replayedBy: string | null
}

export interface LetterGroup {
  /** The dead-letter topic. */
  readonly topic: string
  readonly code: string
  readonly count: number
  readonly replayed: number
  /** Letters whose origin or value cannot be read. */
  readonly unreadable: number
  readonly firstAt: Date
  readonly lastAt: Date
}

export interface DeadLetterList {
  /** The newest first, at most as many as asked for. */
  readonly letters: readonly ListedLetter[]
  readonly total: number
  /** All of them by topic and code, the largest group first. */
  readonly groups: readonly LetterGroup[]
}

/** Gathers letters in any order; keeps at most twice the limit in memory. */
export function createLetterList(limit: number): { add(letter: ListedLetter): void; list(): DeadLetterList } {
  let newest: ListedLetter[] = []
  const groups = new Map<string, LetterGroup>()
  let total = 0
  const shorten = () => {
    newest = newest.sort(byAge).slice(0, limit)
  }
  return {
    add: (letter) => {
      total += 1
      newest.push(letter)
      if (newest.length >= 2 * limit) shorten()
      const name = `${letter.location.topic} ${letter.code}`
      groups.set(name, grow(groups.get(name), letter))
    },
    list: () => {
      shorten()
      return { letters: newest, total, groups: [...groups.values()].sort((a, b) => b.count - a.count) }
    },
  }
}

function byAge(a: ListedLetter, b: ListedLetter): number {
  return b.at - a.at || b.location.offset - a.location.offset
}

function grow(group: LetterGroup | undefined, letter: ListedLetter): LetterGroup {
  const at = new Date(letter.at)
  const { count = 0, replayed = 0, unreadable = 0, firstAt = at, lastAt = at } = group ?? {}
  const isUnreadable = letter.problem !== null || letter.value === 'unreadable'
  return {
    topic: letter.location.topic,
    code: letter.code,
    count: count + 1,
    replayed: replayed + (letter.replayedBy === null ? 0 : 1),
    unreadable: unreadable + (isUnreadable ? 1 : 0),
    firstAt: firstAt < at ? firstAt : at,
    lastAt: lastAt > at ? lastAt : at,
  }
}
