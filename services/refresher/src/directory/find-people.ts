import type { PersonClaim } from '@buyer-group/rules/folding/merge-sightings.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import type { ShownPerson } from '../stores/stores.ts'

/** Large enough that no list below takes a second round trip. */
const ONE_BATCH = 100_000

/**
 * Everybody whom a claimed source id or address belongs to, in one round trip. Reads the primary's latest state rather
 * than the majority's: a write that lost a race must see the one that won, and every write checks again for itself.
 */
export async function findClaimed(
  people: Collection<PersonDoc>,
  claims: readonly PersonClaim[],
): Promise<readonly PersonDoc[]> {
  if (claims.length === 0) return []
  const sourceIds = [...new Set(claims.map((claim) => claim.sourceId))]
  const emails = [...new Set(claims.flatMap((claim) => claim.email?.address ?? []))]
  const bySource = { sourceIds: { $in: sourceIds } }
  const filter =
    emails.length === 0 ? bySource : { $or: [bySource, { email: { $in: emails, $type: 'string' as const } }] }
  const options = { readConcern: { level: 'local' as const }, projection: { _id: 0 }, batchSize: ONE_BATCH }
  return people.find(filter, options).toArray()
}

/** Most of a refresh's people are only shown, and a document costs by the field to read. */
const SHOWN = { _id: 0, personId: 1, sourceIds: 1, name: 1, email: 1 }

/** These people, by personId; those who are not there are left out. One round trip. */
export async function findPeople(
  people: Collection<PersonDoc>,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, ShownPerson>> {
  if (personIds.length === 0) return new Map()
  const asked = { personId: { $in: [...personIds] } }
  const found = await people.find(asked, { batchSize: ONE_BATCH }).project<ShownPerson>(SHOWN).toArray()
  return new Map(found.map((person) => [person.personId, person]))
}
