import type { PersonClaim } from '@buyer-group/rules/folding/merge-sightings.ts'
import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { findClaimed, findPeople } from '../directory/find-people.ts'
import { createPeopleTable } from '../directory/people-table.ts'
import { savePeople } from '../directory/save-people.ts'
import { savePeopleTogether } from '../directory/save-people-together.ts'
import { KEYS_TOGETHER } from '../gathering/limits.ts'
import type { PeopleStore, ShownPerson } from './stores.ts'

/** The people of the local directory in `people`. */
export function createMongoPeopleStore(collection: Collection<PersonDoc>): PeopleStore {
  const table = createPeopleTable(collection)
  return {
    findClaimed: gather<readonly PersonClaim[], readonly PersonDoc[]>({
      ...KEYS_TOGETHER,
      run: async (lists) => shareOut(lists, await findClaimed(collection, lists.flat())),
    }),

    find: gather<readonly string[], ReadonlyMap<string, ShownPerson>>({
      ...KEYS_TOGETHER,
      run: async (lists) => {
        const found = await findPeople(collection, [...new Set(lists.flat())])
        return lists.map(() => found)
      },
    }),

    // One at a time: a person may have changed at several companies, whose writers would race otherwise.
    save: gather({
      maxBatch: 64,
      maxInFlight: 1,
      run: (asked) => savePeopleTogether(asked, (sightings, known) => savePeople(table, sightings, known)),
    }),
  }
}

/** Gives each asker those whom its own claims name. */
function shareOut(lists: readonly (readonly PersonClaim[])[], found: readonly PersonDoc[]): (readonly PersonDoc[])[] {
  const bySource = new Map(found.flatMap((person) => person.sourceIds.map((sourceId) => [sourceId, person] as const)))
  const byEmail = new Map(
    found.flatMap((person) => (person.email === undefined ? [] : [[person.email, person] as const])),
  )
  return lists.map((claims) => {
    const own = claims.flatMap(({ sourceId, email }) => [bySource.get(sourceId), byEmail.get(email?.address ?? '')])
    return [...new Set(own)].filter((person) => person !== undefined)
  })
}
