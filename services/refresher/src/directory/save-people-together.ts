import { laterOf } from '@buyer-group/rules/folding/change-stamp.ts'
import type { PersonSighting } from '@buyer-group/rules/folding/person-sighting.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { PeopleToSave } from '../stores/stores.ts'

type SavePeople = (
  sightings: readonly PersonSighting[],
  known: readonly PersonDoc[],
) => Promise<ReadonlyMap<string, string>>

/**
 * Saves what several refreshes saw as if one had seen it: a person whose place changed at many companies is written
 * once. Of a person whom they read at different times the latest counts. Returns all personIds to each.
 */
export async function savePeopleTogether(
  asked: readonly PeopleToSave[],
  save: SavePeople,
): Promise<ReadonlyMap<string, string>[]> {
  const known = new Map<string, PersonDoc>()
  for (const person of asked.flatMap((one) => one.known)) {
    const other = known.get(person.personId)
    known.set(person.personId, other === undefined ? person : laterOf(person, other, stampOf))
  }
  const sightings = asked.flatMap((one) => one.sightings)
  const personIds = await save(sightings, [...known.values()])
  return asked.map(() => personIds)
}

const stampOf = ({ changedAt, changedBy }: PersonDoc) => ({ at: changedAt, by: changedBy })
