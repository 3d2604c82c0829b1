import { claimWindows } from '@buyer-group/detector/claim-windows.ts'
import { decideEvents } from '@buyer-group/detector/decide-events.ts'
import type { Detector } from '@buyer-group/detector/detector.ts'
import { createBatchHandler } from '@buyer-group/detector/handle-batch.ts'
import { recordEvents } from '@buyer-group/detector/record-events.ts'
import { toChangeItem } from '@buyer-group/detector/rules/change-item.ts'
import type { DetectorMessage } from '@buyer-group/detector/rules/detector-message.ts'
import { sendCommands } from '@buyer-group/detector/send-commands.ts'
import type { DetectorStores } from '@buyer-group/detector/stores/stores.ts'
import type { Refresher } from '@buyer-group/refresher/refresher.ts'
import type { RefresherStores } from '@buyer-group/refresher/stores/stores.ts'
import type { BatchHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { done } from '@buyer-group/shared/outcomes/verdict.ts'
import { type MemoryDatabase, placeKey } from '@buyer-group/testing/memory/memory-database.ts'

/** What a run puts in the place of the production code, to see whether the bug is found. */
export interface Mutation {
  readonly batchHandler?: (detector: Detector) => BatchHandler<DetectorMessage>
  readonly detectorStores?: (stores: DetectorStores) => DetectorStores
  readonly refresherStores?: (stores: RefresherStores, database: MemoryDatabase) => RefresherStores
  readonly refresher?: (refresher: Refresher) => Refresher
  readonly commitsFirst?: boolean
}

/** Known bugs, each put back on purpose: that the simulation finds them shows that it would find them again. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'deciding before claiming': { batchHandler: decidesBeforeClaiming },

  'clearing the outbox before producing': {
    detectorStores: (stores) => ({
      ...stores,
      logs: {
        ...stores.logs,
        // The log is written just before the command is produced.
        insert: async (logs) => {
          await stores.logs.insert(logs)
          await stores.windows.clearOutboxes(logs as unknown as Parameters<typeof stores.windows.clearOutboxes>[0])
        },
      },
    }),
  },

  'committing before handling': { commitsFirst: true },

  'claiming again what is claimed already': {
    detectorStores: (stores) => ({
      ...stores,
      windows: {
        ...stores.windows,
        // Read anew at the moment of the claim, a sequence is never stale.
        claimIfUnchanged: async (claims) => {
          const states = await stores.windows.read(claims.map(({ changes }) => changes.companyId))
          return stores.windows.claimIfUnchanged(
            claims.map((claim) => ({ ...claim, seenSequence: states.get(claim.changes.companyId)?.sequence ?? null })),
          )
        },
      },
    }),
  },

  'releasing what was folded before publishing': {
    refresherStores: (stores) => afterSaving(stores, (group) => stores.events.release(group, group.refreshedAt)),
  },

  'marking the group published before publishing': {
    refresherStores: (stores) =>
      afterSaving(stores, async (group) => void (await stores.groups.markPublished(group, group.refreshedAt))),
  },

  'saving the group without fencing': {
    refresherStores: (stores, { groups }) => ({
      ...stores,
      groups: {
        ...stores.groups,
        replacePublished: async (_read, group) => groups.set(group.companyId, group) !== undefined,
      },
    }),
  },

  'replacing a group that was never published': {
    refresherStores: (stores) => ({
      ...stores,
      groups: {
        ...stores.groups,
        find: async (companyId) => {
          const group = await stores.groups.find(companyId)
          return group === null ? null : { ...group, publishedAt: group.publishedAt ?? group.refreshedAt }
        },
        replacePublished: async (read, group) => {
          await stores.groups.markPublished(read, group.refreshedAt)
          return stores.groups.replacePublished(read, group)
        },
      },
    }),
  },

  'taking every published state for the newest': {
    refresherStores: (stores) => ({
      ...stores,
      groups: {
        ...stores.groups,
        markPublished: async (group, at) => {
          await stores.groups.markPublished(group, at)
          return true
        },
      },
    }),
  },

  'giving up looking for a newer state when a part is away': {
    refresher: (refresher) => ({ ...refresher, pause: () => Promise.reject(new Error('no patience')) }),
  },

  'folding without comparing the time of the change': {
    refresherStores: (stores) => ({
      ...stores,
      events: {
        ...stores.events,
        waiting: async (companyId) =>
          (await stores.events.waiting(companyId)).map((doc) => ({ ...doc, occurredAt: doc.receivedAt })),
      },
    }),
  },

  'writing positions over what others have written meanwhile': {
    refresherStores: (stores, { positions }) => ({
      ...stores,
      positions: {
        ...stores.positions,
        write: async (writes) => {
          for (const { after } of writes) positions.set(placeKey(after), after)
          return true
        },
      },
    }),
  },
}

/** Record, decide, claim, produce: in this order, a crash after the decision leaves an event that nobody claims for. */
function decidesBeforeClaiming(detector: Detector): BatchHandler<DetectorMessage> {
  const handleAll = createBatchHandler(detector)
  return async (batch, signal) => {
    const requests = batch.flatMap(({ value }, index) => (value.kind === 'request' ? [index] : []))
    if (requests.length > 0) return handleAll(batch, signal)
    const policy = detector.policy()
    const items = batch.flatMap(({ value }, index) =>
      value.kind === 'change' ? [toChangeItem(index, value, policy, new Map())] : [],
    )
    const recorded = await recordEvents(detector, items)
    const verdicts = await decideEvents(detector, recorded, new Map())
    const { commands } = await claimWindows(detector, recorded.open)
    await sendCommands(detector, commands)
    return batch.map((_, index) => verdicts.get(index) ?? done)
  }
}

/** The same stores; something more is done as soon as a group is saved. */
function afterSaving(stores: RefresherStores, more: (group: BuyerGroupDoc) => Promise<void>): RefresherStores {
  const { groups } = stores
  const then = async (isSaved: boolean, group: BuyerGroupDoc) => {
    if (isSaved) await more(group)
    return isSaved
  }
  return {
    ...stores,
    groups: {
      ...groups,
      insert: async (group) => then(await groups.insert(group), group),
      replacePublished: async (read, group) => then(await groups.replacePublished(read, group), group),
    },
  }
}
