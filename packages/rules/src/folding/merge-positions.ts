import type { ChangeStamp, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { classifyDepartment, classifyTitle } from '../titles/classify-title.ts'
import { compareStamps, laterOf, UNSAID_STAMP } from './change-stamp.ts'
import type { PositionChange } from './person-sighting.ts'

/**
 * The position as one change alone tells it. Merging these in any order, any number of times, gives one end: what a
 * change does not name has no stamp and so loses to everything.
 */
export function positionOf(change: PositionChange): PositionDoc {
  const stamp = { at: change.changedAt, by: change.changedBy }
  const there = change.active === null ? UNSAID_STAMP : stamp
  const title = change.title ?? ''
  const read = classifyTitle(title)
  const named = change.department === null ? null : classifyDepartment(change.department)
  return {
    companyId: change.companyId,
    personId: change.personId,
    title,
    seniority: read.seniority,
    department: named ?? read.department,
    changedAt: there.at,
    changedBy: there.by,
    active: change.active ?? true,
    ...(change.title === null ? {} : { titleChanged: stamp }),
    ...(named === null ? {} : { departmentChanged: stamp }),
  }
}

/**
 * Merges two views of one position: last writer wins, field by field. Whether the person is there goes by
 * (changedAt, changedBy); title and department go by the change that last named one. A department that no change
 * named is read from the title.
 */
export function mergePositions(left: PositionDoc, right: PositionDoc): PositionDoc {
  const there = laterOf(left, right, (position) => ({ at: position.changedAt, by: position.changedBy }))
  const titled = laterOf(left, right, titleStamp)
  const placed = laterOf(left, right, (position) => position.departmentChanged)
  const titleChanged = titleStamp(titled)
  const departmentOf = placed.departmentChanged === undefined ? titled : placed
  return {
    companyId: there.companyId,
    personId: there.personId,
    title: titled.title,
    seniority: titled.seniority,
    department: departmentOf.department,
    changedAt: there.changedAt,
    changedBy: there.changedBy,
    active: there.active,
    ...(titleChanged === undefined ? {} : { titleChanged }),
    ...(placed.departmentChanged === undefined ? {} : { departmentChanged: placed.departmentChanged }),
  }
}

/** Would merging `change` into `stored` leave it as it is? */
export function knowsAlready(stored: PositionDoc, change: PositionDoc): boolean {
  const thereStamp = (position: PositionDoc) => ({ at: position.changedAt, by: position.changedBy })
  return (
    compareStamps(thereStamp(stored), thereStamp(change)) >= 0 &&
    compareStamps(titleStamp(stored), titleStamp(change)) >= 0 &&
    compareStamps(stored.departmentChanged, change.departmentChanged) >= 0
  )
}

/** A stored title without a stamp of its own comes from the position's last change. */
function titleStamp(position: PositionDoc): ChangeStamp | undefined {
  if (position.titleChanged !== undefined) return position.titleChanged
  return position.title === '' ? undefined : { at: position.changedAt, by: position.changedBy }
}
