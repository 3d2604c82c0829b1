import type { BuyerGroupDoc, Collections, PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { findClaimed, findPeople } from '../directory/find-people.ts'
import { findActivePositions, findPositionsOf, type PositionsAsked } from '../directory/find-positions.ts'
import type { PersonClaim } from '../rules/merge-sightings.ts'
import { findWaiting, type WaitingDoc } from './find-waiting.ts'
import { gather } from './gather.ts'

/** The reads that refreshes running side by side share their round trips for. What is returned is shared: read only. */
export interface GatheredReads {
  storedGroup(companyId: string): Promise<BuyerGroupDoc | null>
  /** At most MAX_FOLDED, oldest first. */
  waiting(companyId: string): Promise<readonly WaitingDoc[]>
  activePositions(companyId: string): Promise<readonly PositionDoc[]>
  positionsOf(asked: PositionsAsked): Promise<readonly PositionDoc[]>
  /** Everybody whom a claimed source id or address belongs to. */
  claimed(claims: readonly PersonClaim[]): Promise<readonly PersonDoc[]>
  people(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonDoc>>
}

/** Companies in one read. */
const COMPANIES = { maxBatch: 64, maxInFlight: 1 }

/** Keys in one read; whoever asks for more travels alone. */
const keys = { maxBatch: 64, maxInFlight: 1, maxBatchWeight: 2_000, weigh: (list: readonly unknown[]) => list.length }

export function createGatheredReads(collections: Collections): GatheredReads {
  const { buyerGroups, webhookEvents, people, positions } = collections
  return {
    storedGroup: gather<string, BuyerGroupDoc | null>({
      ...COMPANIES,
      run: async (companyIds) => {
        const groups = await buyerGroups
          .find({ companyId: { $in: [...companyIds] } }, { projection: { _id: 0 }, batchSize: COMPANIES.maxBatch + 1 })
          .toArray()
        const byCompany = new Map(groups.map((group) => [group.companyId, group]))
        return companyIds.map((companyId) => byCompany.get(companyId) ?? null)
      },
    }),
    waiting: gather({ ...COMPANIES, run: (companyIds) => findWaiting(webhookEvents, companyIds) }),
    activePositions: gather({ ...COMPANIES, run: (companyIds) => findActivePositions(positions, companyIds) }),
    positionsOf: gather({
      ...COMPANIES,
      maxBatchWeight: 300,
      weigh: ({ personIds }) => personIds.length,
      run: (asked) => findPositionsOf(positions, asked),
    }),
    claimed: gather<readonly PersonClaim[], readonly PersonDoc[]>({
      ...keys,
      run: async (lists) => {
        const found = await findClaimed(people, lists.flat())
        const bySource = new Map(
          found.flatMap((person) => person.sourceIds.map((sourceId) => [sourceId, person] as const)),
        )
        const byEmail = new Map(
          found.flatMap((person) => (person.email === undefined ? [] : [[person.email, person] as const])),
        )
        return lists.map((claims) => {
          const own = claims.flatMap(({ sourceId, email }) => [
            bySource.get(sourceId),
            byEmail.get(email?.address ?? ''),
          ])
          return [...new Set(own)].filter((person) => person !== undefined)
        })
      },
    }),
    people: gather<readonly string[], ReadonlyMap<string, PersonDoc>>({
      ...keys,
      run: async (lists) => {
        const found = await findPeople(people, [...new Set(lists.flat())])
        return lists.map(() => found)
      },
    }),
  }
}
