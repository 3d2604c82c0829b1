import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { createPeopleTable } from '../directory/people-table.ts'
import { savePeople } from '../directory/save-people.ts'
import { savePositions } from '../directory/save-positions.ts'
import type { DirectoryRow } from './rules/directory-row.ts'
import { type Origin, sourceIdOf, toPositionChange, toSighting } from './to-stored.ts'

/** Saves people and their positions; what is stored from the same or a later time stays. Safe to run again. */
export async function saveRows(
  { people, positions }: Pick<Collections, 'people' | 'positions'>,
  rows: readonly DirectoryRow[],
  origin: Origin,
): Promise<void> {
  const personIds = await savePeople(
    createPeopleTable(people),
    rows.map((row) => toSighting(row, origin)),
  )
  const changes = rows.flatMap((row) => {
    const personId = personIds.get(sourceIdOf(row, origin.source))
    return personId === undefined ? [] : [toPositionChange(row, personId, origin)]
  })
  await savePositions(positions, changes)
}
