import type { RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { insertMissing } from './bulk-writes.ts'
import type { RefreshLogStore } from './stores.ts'

/** The logs in `buyer_group_refresh_logs`. */
export function createMongoRefreshLogStore(collection: Collection<RefreshLogDoc>): RefreshLogStore {
  return {
    insert: (logs) => insertMissing(collection, logs),

    findCompanies: async (commandIds) => {
      const logs = await collection
        .find({ commandId: { $in: [...commandIds] } }, { batchSize: commandIds.length + 1 })
        .project<Pick<RefreshLogDoc, 'commandId' | 'companyId'>>({ _id: 0, commandId: 1, companyId: 1 })
        .toArray()
      return new Map(logs.map(({ commandId, companyId }) => [commandId, companyId]))
    },

    findFailed: async (commandIds) => {
      const logs = await collection
        .find({ commandId: { $in: [...commandIds] }, status: 'failed' }, { batchSize: commandIds.length + 1 })
        .project<Pick<RefreshLogDoc, 'commandId'>>({ _id: 0, commandId: 1 })
        .toArray()
      return new Set(logs.map(({ commandId }) => commandId))
    },
  }
}
