import type { ChangeStamp } from '@buyer-group/shared/mongo/collections.ts'
import type { PersonSighting, PositionChange } from './person-sighting.ts'
import type { SourcedPerson } from './sourced-person.ts'

/**
 * The stamp of what a row without a time says: the first instant that is stored at all (the year 0), by a key that
 * sorts before those of imports and events. It loses to everything, and being one for all rows it loses to itself: what
 * filled a gap once stays until something with a time comes.
 */
export const GAP_STAMP: ChangeStamp = { at: new Date('0000-01-01T00:00:00.000Z'), by: '!gap' }

/** Does this come from a row without a time alone? */
export const isGap = (stamp: ChangeStamp | undefined): boolean => stamp?.by === GAP_STAMP.by

/** "!" sorts before every event's key, so that of a row and an event of the same instant the event wins. */
const stampOf = ({ sourceId, updatedAt }: SourcedPerson): ChangeStamp =>
  updatedAt === null ? GAP_STAMP : { at: new Date(updatedAt), by: `!people:${sourceId}` }

/** What the rows say of their people. */
export function sightingsOfRows(rows: readonly SourcedPerson[]): PersonSighting[] {
  return rows.map((row) => {
    const { at, by } = stampOf(row)
    return { sourceId: row.sourceId, name: row.name, email: row.email, changedAt: at, changedBy: by }
  })
}

/**
 * What the rows say of their people's places at one company. Rows with a time compete by it; those without one become
 * one change a person, which fills what nobody has said yet. The changes may be folded in any order.
 * @param personIds who each source id is; a row of somebody else is left out.
 */
export function positionChangesOfRows(
  rows: readonly SourcedPerson[],
  companyId: string,
  personIds: ReadonlyMap<string, string>,
): PositionChange[] {
  const toChange = (row: SourcedPerson): PositionChange[] => {
    const personId = personIds.get(row.sourceId)
    if (personId === undefined) return []
    const { active, title, department } = row
    const { at, by } = stampOf(row)
    return [{ companyId, personId, active, title, department, changedAt: at, changedBy: by }]
  }
  const timed = rows.filter(({ updatedAt }) => updatedAt !== null)
  return [...timed.flatMap(toChange), ...fillGaps(rows.filter(isGapFiller).toSorted(bySourceId).flatMap(toChange))]
}

/** That somebody is not there, without a time, fills no gap. */
const isGapFiller = ({ updatedAt, active }: SourcedPerson) => updatedAt === null && active

const bySourceId = (left: SourcedPerson, right: SourcedPerson) => (left.sourceId < right.sourceId ? -1 : 1)

/** One change a person: two of the same stamp would be decided by their order. The first that names a field counts. */
function fillGaps(changes: readonly PositionChange[]): PositionChange[] {
  const filled = new Map<string, PositionChange>()
  for (const change of changes) {
    const known = filled.get(change.personId) ?? change
    const { title, department } = change
    filled.set(change.personId, {
      ...known,
      title: known.title ?? title,
      department: known.department ?? department,
    })
  }
  return [...filled.values()]
}
