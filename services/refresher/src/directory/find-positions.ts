import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, Filter } from 'mongodb'
import type { PositionsAsked } from '../stores/stores.ts'

/** Large enough that no list below takes a second round trip. */
const ONE_BATCH = 100_000

/** The active positions of each company, in no order. One round trip. */
export async function findActivePositions(
  positions: Collection<PositionDoc>,
  companyIds: readonly string[],
): Promise<(readonly PositionDoc[])[]> {
  const found = byCompany(await find(positions, { companyId: { $in: [...companyIds] }, active: true }))
  return companyIds.map((companyId) => found.get(companyId) ?? [])
}

/** The positions of these people at each company, active or not, in no order; may hold others of the company. One round trip. */
export async function findPositionsOf(
  positions: Collection<PositionDoc>,
  asked: readonly PositionsAsked[],
): Promise<(readonly PositionDoc[])[]> {
  const companyIds = asked.map(({ companyId }) => companyId)
  const personIds = [...new Set(asked.flatMap((one) => one.personIds))]
  const found = byCompany(await find(positions, { companyId: { $in: companyIds }, personId: { $in: personIds } }))
  return companyIds.map((companyId) => found.get(companyId) ?? [])
}

const find = (positions: Collection<PositionDoc>, filter: Filter<PositionDoc>) =>
  positions.find(filter, { projection: { _id: 0 }, batchSize: ONE_BATCH }).toArray()

function byCompany(found: readonly PositionDoc[]): Map<string, PositionDoc[]> {
  return Map.groupBy(found, ({ companyId }) => companyId)
}
