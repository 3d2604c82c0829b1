import type { RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection } from 'mongodb'
import { FINAL, KEPT_MS, toLogFields } from '../records/refresh-records.ts'
import type { LogStore } from './stores.ts'

/** The logs in `buyer_group_refresh_logs`. */
export function createMongoLogStore(collection: Collection<RefreshLogDoc>): LogStore {
  // Inserts and updates of one bulk write are two commands one after the other: gathered apart they go side by side.
  const insert = gatherWrites(collection)
  const write = gatherWrites(collection)
  const open = (commandId: string) => ({ commandId, status: { $nin: [...FINAL] } })
  return {
    begin: async ({ commandId, companyId, workspaceId, reason, triggeredBy, sequence }, now) => {
      const identity = { companyId, workspaceId, reason, triggeredBy: [...triggeredBy], sequence }
      const begun = { status: 'processing' as const, startedAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) }
      // By far the most commands come once, and an insert costs the database a third of an upsert.
      if ((await insert({ insertOne: { document: { commandId, ...identity, ...begun } } })) === 'written') return
      const update = { $set: begun, $unset: { error: 1 as const, completedAt: 1 as const }, $setOnInsert: identity }
      await write({ updateOne: { filter: open(commandId), update, upsert: true } })
    },

    end: async (commandId, ending, now) => {
      const ended = { status: ending.status, completedAt: now, ...toLogFields(ending) }
      const settled = ending.status === 'failed' ? {} : { $unset: { error: 1 as const } }
      await write({ updateOne: { filter: open(commandId), update: { $set: ended, ...settled } } })
    },
  }
}
