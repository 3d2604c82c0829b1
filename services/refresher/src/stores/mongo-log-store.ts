import type { RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection } from 'mongodb'
import { FINAL, KEPT_MS, toLogFields } from '../records/refresh-records.ts'
import type { LogStore } from './stores.ts'

/** The logs in `buyer_group_refresh_logs`. */
export function createMongoLogStore(collection: Collection<RefreshLogDoc>): LogStore {
  const write = gatherWrites(collection)
  const open = (commandId: string) => ({ commandId, status: { $nin: [...FINAL] } })
  return {
    begin: async ({ commandId, companyId, workspaceId, reason, triggeredBy, sequence }, now) => {
      const update = {
        $set: { status: 'processing' as const, startedAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) },
        $unset: { error: 1 as const, completedAt: 1 as const },
        $setOnInsert: { companyId, workspaceId, reason, triggeredBy: [...triggeredBy], sequence },
      }
      await write({ updateOne: { filter: open(commandId), update, upsert: true } })
    },

    end: async (commandId, ending, now) => {
      const ended = { status: ending.status, completedAt: now, ...toLogFields(ending) }
      const settled = ending.status === 'failed' ? {} : { $unset: { error: 1 as const } }
      await write({ updateOne: { filter: open(commandId), update: { $set: ended, ...settled } } })
    },
  }
}
