import type { DeadLetterFilter } from '@buyer-group/shared/mongo/collections.ts'
import type { DeadLetter } from './read-dead-letter.ts'

/** Does the letter meet every condition that is set? */
export function matchesFilter(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  const { companies, reasons, since, until } = filter
  if (companies !== undefined && (letter.company === null || !companies.includes(letter.company))) return false
  if (reasons !== undefined && !reasons.includes(letter.code)) return false
  if (since !== undefined && letter.at < since.getTime()) return false
  return until === undefined || letter.at < until.getTime()
}
