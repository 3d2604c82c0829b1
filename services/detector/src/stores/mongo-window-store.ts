import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import { inStatements } from '@buyer-group/shared/mongo/rules/look-up.ts'
import type { Collection, Filter } from 'mongodb'
import type { WindowState } from '../rules/plan-requests.ts'
import type { ScheduleState } from '../rules/plan-scheduled.ts'
import { claimIfUnchanged, claimOrMark, NEVER_CLAIMED } from '../rules/window-updates.ts'
import { bulkUpdate, insertMissing } from './bulk-writes.ts'
import type { DueWindow, WindowStore, WonWindow } from './stores.ts'

/** The windows in `refresh_windows`. The database decides every claim in one step; reading back tells who won. */
export function createMongoWindowStore(collection: Collection<RefreshWindowDoc>): WindowStore {
  const findWon = (companyIds: readonly string[], token: string): Promise<WonWindow[]> =>
    collection
      .find({ companyId: { $in: [...companyIds] }, claimToken: token }, { batchSize: companyIds.length + 1 })
      .project<WonWindow>({ _id: 0, companyId: 1, sequence: 1, outbox: 1 })
      .toArray()

  /** Which of the companies have a window, and whether it is open. */
  const findStanding = async (companyIds: readonly string[]): Promise<ReadonlyMap<string, boolean>> => {
    const windows = await collection
      .find({ companyId: { $in: [...companyIds] } }, { batchSize: companyIds.length + 1 })
      .project<{ companyId: string; open: boolean }>({ _id: 0, companyId: 1, open: { $gt: ['$closesAt', '$$NOW'] } })
      .toArray()
    return new Map(windows.map(({ companyId, open }) => [companyId, open]))
  }

  const create = async (companyIds: readonly string[]): Promise<void> => {
    if (companyIds.length > 0) await insertMissing(collection, companyIds.map(neverClaimed))
  }

  return {
    claimOrMark: async (changes, claim) => {
      const companyIds = changes.map(({ companyId }) => companyId)
      const standing = await findStanding(companyIds)
      await create(companyIds.filter((companyId) => !standing.has(companyId)))
      const open = new Set(companyIds.filter((companyId) => standing.get(companyId) === true))
      const matched = await bulkUpdate(
        collection,
        inStatements(changes).map((some) => ({
          updateMany: {
            filter: { companyId: { $in: some.map(({ companyId }) => companyId) } },
            update: [...claimOrMark(some, claim, open)],
          },
        })),
      )
      if (matched < changes.length) throw windowsVanished(changes.length - matched)
      const free = companyIds.filter((companyId) => !open.has(companyId))
      return free.length === 0 ? [] : findWon(free, claim.token)
    },

    claimIfUnchanged: async (claims) => {
      const token = claims[0]?.claim.token
      if (token === undefined) return []
      const companyIds = claims.map(({ changes }) => changes.companyId)
      await create(claims.flatMap(({ changes, seenSequence }) => (seenSequence === null ? [changes.companyId] : [])))
      await bulkUpdate(
        collection,
        inStatements(claims).map((some) => ({
          updateMany: {
            filter: { companyId: { $in: some.map(({ changes }) => changes.companyId) } },
            update: [...claimIfUnchanged(some)],
          },
        })),
      )
      return findWon(companyIds, token)
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

/** The window of a company that was never claimed: closed since ever, so that whoever comes first by then claims it. */
function neverClaimed(companyId: string): RefreshWindowDoc {
  return {
    companyId,
    companyName: null,
    sequence: NEVER_CLAIMED,
    opensAt: new Date(0),
    closesAt: new Date(0),
    pending: null,
    outbox: null,
    claimToken: '',
  }
}

/** Deleted, or rolled back by a new primary: the next attempt creates them, and no change is dropped in silence. */
function windowsVanished(count: number): AppError {
  return new AppError(`${count} windows vanished while they were claimed`, {
    code: 'window_vanished',
    fate: 'unavailable',
  })
}
