import { compareStamps } from '@buyer-group/rules/folding/change-stamp.ts'
import { isSpelledAlike } from '@buyer-group/rules/significance/spelling.ts'
import { classifyDepartment, classifyTitle } from '@buyer-group/rules/titles/classify-title.ts'
import type { ChangeStamp, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { TracedChange } from './traced-change.ts'

/** Older than every change, so that whatever is folded over a value that was undone wins. */
const OLDEST = new Date(-8_640_000_000_000_000)

/** The stamps of what an event told of the time before it, and of what stays because nothing told. */
const TOLD: ChangeStamp = { at: OLDEST, by: '!told' }
const UNTOLD: ChangeStamp = { at: OLDEST, by: '!untold' }

/**
 * The position as it would stand had these changes not been folded, as far as they tell: a field that one of them set
 * (by the field's stamp, or as what a newer one that is undone had found there) goes back to what the change says was
 * there before. Changes folded over it afterwards win over whatever was undone. A value that nothing tells stays, marked
 * so that `countUntold` finds it.
 * @param changes of this person at this company, in any order.
 */
export function undoChanges(position: PositionDoc, changes: readonly TracedChange[]): PositionDoc {
  const newestFirst = changes.toSorted((left, right) => compareStamps(stampOf(right), stampOf(left)))
  return newestFirst.reduce(
    (shown, change) => undoPresence(undoDepartment(undoTitle(shown, change), change), change),
    position,
  )
}

/** Fields of a position that a change left out had set and that nothing tells the value before of. */
export function countUntold({ titleChanged, departmentChanged }: PositionDoc): number {
  return [titleChanged, departmentChanged].filter((stamp) => stamp?.by === UNTOLD.by).length
}

function undoTitle(position: PositionDoc, { sighting, placement, before }: TracedChange): PositionDoc {
  if (placement.title === null) return position
  const { titleChanged } = position
  // A title without a stamp of its own comes from the position's last change (merge-positions.ts).
  const setBy = titleChanged?.by ?? position.changedBy
  const isSet =
    setBy === sighting.changedBy || (isUndone(titleChanged) && isSpelledAlike(position.title, placement.title))
  if (!isSet) return position
  if (before.title === null) return { ...position, titleChanged: UNTOLD }
  const { seniority, department } = classifyTitle(before.title)
  return {
    ...position,
    title: before.title,
    seniority,
    department: position.departmentChanged === undefined ? department : position.department,
    titleChanged: TOLD,
  }
}

function undoDepartment(position: PositionDoc, { sighting, placement, before }: TracedChange): PositionDoc {
  const named = readDepartment(placement.department)
  if (named === null) return position
  const { departmentChanged } = position
  const isSet =
    departmentChanged?.by === sighting.changedBy || (isUndone(departmentChanged) && position.department === named)
  if (!isSet) return position
  const told = readDepartment(before.department)
  return told === null
    ? { ...position, departmentChanged: UNTOLD }
    : { ...position, department: told, departmentChanged: TOLD }
}

function undoPresence(position: PositionDoc, { sighting, placement, before }: TracedChange): PositionDoc {
  const wasUndone = position.changedBy === TOLD.by
  if (position.changedBy !== sighting.changedBy && !(wasUndone && position.active === placement.active)) return position
  return { ...position, active: before.wasHere, changedAt: TOLD.at, changedBy: TOLD.by }
}

const readDepartment = (text: string | null) => (text === null ? null : classifyDepartment(text))

const stampOf = ({ sighting }: TracedChange): ChangeStamp => ({ at: sighting.changedAt, by: sighting.changedBy })

const isUndone = (stamp: ChangeStamp | undefined) => stamp?.by === TOLD.by || stamp?.by === UNTOLD.by
