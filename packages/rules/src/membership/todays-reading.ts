import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { classifyTitle, type TitleReading } from '../titles/classify-title.ts'

/**
 * The position with seniority and department by the tables of this version, whatever an older one has stored. A
 * department that a change named stays as it was named.
 */
export function withTodaysReading(position: PositionDoc): PositionDoc {
  const { seniority, department: read } = readingOf(position.title)
  const department = position.departmentChanged === undefined ? read : position.department
  const isKnown = seniority === position.seniority && department === position.department
  return isKnown ? position : { ...position, seniority, department }
}

/** Readings of the titles met lately: the same few thousand titles make up most of any directory. */
const readings = new Map<string, TitleReading>()
const MOST_READINGS = 10_000
/** Longer ones are rare, and would make the map large. */
const LONGEST_KEPT = 100

function readingOf(title: string): TitleReading {
  const known = readings.get(title)
  if (known !== undefined) return known
  const reading = classifyTitle(title)
  if (title.length > LONGEST_KEPT) return reading
  if (readings.size >= MOST_READINGS) readings.clear()
  readings.set(title, reading)
  return reading
}
