import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import type { PersonClaim } from '../rules/merge-sightings.ts'

/**
 * Everybody whom a claimed source id or address belongs to, in one round trip. Reads the primary's latest state rather
 * than the majority's: a write that lost a race must see the one that won, and every write checks again for itself.
 */
export async function findClaimed(
  people: Collection<PersonDoc>,
  claims: readonly PersonClaim[],
): Promise<readonly PersonDoc[]> {
  if (claims.length === 0) return []
  const sourceIds = claims.map((claim) => claim.sourceId)
  const emails = claims.flatMap((claim) => claim.email?.address ?? [])
  const bySource = { sourceIds: { $in: sourceIds } }
  const filter =
    emails.length === 0 ? bySource : { $or: [bySource, { email: { $in: emails, $type: 'string' as const } }] }
  return people.find(filter, { readConcern: { level: 'local' }, projection: { _id: 0 } }).toArray()
}
