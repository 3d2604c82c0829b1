import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection } from 'mongodb'
import { COMPANIES_TOGETHER } from '../gathering/limits.ts'
import type { GroupStore } from './stores.ts'

/** The groups in `buyer_groups`. */
export function createMongoGroupStore(collection: Collection<BuyerGroupDoc>): GroupStore {
  const write = gatherWrites(collection)
  return {
    find: gather<string, BuyerGroupDoc | null>({
      ...COMPANIES_TOGETHER,
      run: async (companyIds) => {
        const options = { projection: { _id: 0 }, batchSize: COMPANIES_TOGETHER.maxBatch + 1 }
        const groups = await collection.find({ companyId: { $in: [...companyIds] } }, options).toArray()
        const byCompany = new Map(groups.map((group) => [group.companyId, group]))
        return companyIds.map((companyId) => byCompany.get(companyId) ?? null)
      },
    }),

    // A copy, because the driver adds an _id to what it inserts.
    insert: async (group) => (await write({ insertOne: { document: { ...group } } })) === 'written',

    replacePublished: async ({ companyId, sequence, refreshId }, group) => {
      const filter = { companyId, sequence, refreshId, publishedAt: { $ne: null } }
      return (await write({ replaceOne: { filter, replacement: group } })) === 'written'
    },

    markPublished: async ({ companyId, refreshId }, at) => {
      const filter = { companyId, refreshId, publishedAt: null }
      return (await write({ updateOne: { filter, update: { $set: { publishedAt: at } } } })) === 'written'
    },
  }
}
