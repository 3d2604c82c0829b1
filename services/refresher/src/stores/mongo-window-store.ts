import type { RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import { MAX_NAMED, type WindowStore } from './stores.ts'

/** The windows in `refresh_windows`, which the detector opens. */
export function createMongoWindowStore(collection: Collection<RefreshWindowDoc>): WindowStore {
  return {
    markPending: async (companyId, { count, changeTypes, triggeredBy }) => {
      const known = (field: string) => ({ $ifNull: [`$pending.${field}`, []] })
      const merged = {
        since: { $ifNull: ['$pending.since', '$$NOW'] },
        count: { $max: ['$pending.count', count] },
        changeTypes: { $setUnion: [known('changeTypes'), literal(changeTypes)] },
        triggeredBy: { $slice: [{ $setUnion: [known('triggeredBy'), literal(triggeredBy)] }, MAX_NAMED] },
      }
      const { matchedCount } = await collection.updateOne({ companyId }, [{ $set: { pending: merged } }])
      return matchedCount === 1
    },
  }
}
