import type { RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import { DUPLICATE_KEY, refusedOperations } from '@buyer-group/shared/mongo/refused-operations.ts'
import type { Collection, Filter } from 'mongodb'
import type { WindowState } from '../rules/plan-requests.ts'
import type { ScheduleState } from '../rules/plan-scheduled.ts'
import { claimOnly, claimOrMark, markOnly } from '../rules/window-updates.ts'
import { bulkUpsert } from './bulk-upsert.ts'
import type { ConditionalClaim, DueWindow, WindowStore, WonWindow } from './stores.ts'

/** The windows in `refresh_windows`. The database decides every claim in one step; reading back tells who won. */
export function createMongoWindowStore(collection: Collection<RefreshWindowDoc>): WindowStore {
  const findWon = (companyIds: readonly string[], token: string): Promise<WonWindow[]> =>
    collection
      .find({ companyId: { $in: [...companyIds] }, claimToken: token }, { batchSize: companyIds.length + 1 })
      .project<WonWindow>({ _id: 0, companyId: 1, sequence: 1, outbox: 1 })
      .toArray()

  const findOpen = async (companyIds: readonly string[]): Promise<ReadonlySet<string>> => {
    const windows = await collection
      .find({ companyId: { $in: [...companyIds] } }, { batchSize: companyIds.length + 1 })
      .project<{ companyId: string; open: boolean }>({ _id: 0, companyId: 1, open: { $gt: ['$closesAt', '$$NOW'] } })
      .toArray()
    return new Set(windows.flatMap(({ companyId, open }) => (open ? [companyId] : [])))
  }

  return {
    claimOrMark: async (changes, claim) => {
      const companyIds = changes.map(({ companyId }) => companyId)
      const open = await findOpen(companyIds)
      await bulkUpsert(
        collection,
        changes.map((change) => {
          const { companyId } = change
          const update = open.has(companyId) ? markOnly(change) : claimOrMark(change, claim)
          // Also the mark: if its window vanished, the validator refuses the rest of one, and nothing is dropped in silence.
          return { updateOne: { filter: { companyId }, update, upsert: true } }
        }),
      )
      const free = companyIds.filter((companyId) => !open.has(companyId))
      return free.length === 0 ? [] : findWon(free, claim.token)
    },

    claimIfUnchanged: async (claims) => {
      const token = claims[0]?.claim.token
      if (token === undefined) return []
      await writeTolerating(collection, claims)
      return findWon(
        claims.map(({ changes }) => changes.companyId),
        token,
      )
    },

    read: async (companyIds) => {
      const windows = await collection
        .find({ companyId: { $in: [...companyIds] } }, { batchSize: companyIds.length + 1 })
        .project<WindowState>({ _id: 0, companyId: 1, sequence: 1, outbox: 1 })
        .toArray()
      return new Map(windows.map((window) => [window.companyId, window]))
    },

    readSchedule: async (companyIds, maxAgeMs) => {
      const windows = await collection
        .find({ companyId: { $in: [...companyIds] } }, { batchSize: companyIds.length + 1 })
        .project<ScheduleState & { readonly companyId: string }>({
          _id: 0,
          companyId: 1,
          sequence: 1,
          isFree: { $and: [{ $lte: ['$closesAt', '$$NOW'] }, { $eq: ['$pending', null] }, { $eq: ['$outbox', null] }] },
          claimedLately: { $gt: ['$opensAt', { $subtract: ['$$NOW', maxAgeMs] }] },
        })
        .toArray()
      return new Map(windows.map(({ companyId, ...state }) => [companyId, state]))
    },

    findDue: (limit) =>
      collection
        .find(IS_DUE, { sort: { closesAt: 1 }, limit, batchSize: limit })
        .project<DueWindow>({ _id: 0, companyId: 1, sequence: 1 })
        .toArray(),

    findStaleOutboxes: async (olderThanMs, limit) => {
      const windows = await collection
        .find(isStale(olderThanMs), { sort: { 'outbox.requestedAt': 1 }, limit, batchSize: limit })
        .project<Pick<RefreshWindowDoc, 'outbox'>>({ _id: 0, outbox: 1 })
        .toArray()
      return windows.flatMap(({ outbox }) => outbox ?? [])
    },

    // Command ids are unique, so that two lists match a company with exactly its own command.
    clearOutboxes: async (commands) => {
      await collection.updateMany(
        {
          companyId: { $in: commands.map(({ companyId }) => companyId) },
          'outbox.commandId': { $in: commands.map(({ commandId }) => commandId) },
        },
        { $set: { outbox: null } },
      )
    },
  }
}

/** `pending.since` and `outbox.requestedAt` are named as the partial indexes need it; the clock is the database's. */
const IS_DUE: Filter<RefreshWindowDoc> = {
  'pending.since': { $exists: true },
  outbox: null,
  $expr: { $lte: ['$closesAt', '$$NOW'] },
}

const isStale = (olderThanMs: number): Filter<RefreshWindowDoc> => ({
  'outbox.requestedAt': { $exists: true },
  $expr: { $lte: ['$outbox.requestedAt', { $subtract: ['$$NOW', olderThanMs] }] },
})

/** A claim that lost its race matches nothing, or, if it was for a new window, fails to insert it: both are fine. */
async function writeTolerating(
  collection: Collection<RefreshWindowDoc>,
  claims: readonly ConditionalClaim[],
): Promise<void> {
  try {
    await collection.bulkWrite(
      claims.map(({ changes, claim, seenSequence }) => {
        const { companyId } = changes
        const update = claimOnly(changes, claim)
        return seenSequence === null
          ? { updateOne: { filter: { companyId, sequence: { $exists: false } }, update, upsert: true } }
          : { updateOne: { filter: { companyId, sequence: seenSequence, outbox: null }, update } }
      }),
      { ordered: false },
    )
  } catch (error) {
    const refused = refusedOperations(error, collection.collectionName)
    if (!refused.every((failed) => failed.code === DUPLICATE_KEY)) throw error
  }
}
