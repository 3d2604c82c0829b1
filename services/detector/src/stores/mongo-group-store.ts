import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, Filter } from 'mongodb'
import type { AgedGroup } from '../rules/plan-scheduled.ts'
import type { GroupStore } from './stores.ts'

/** The groups in `buyer_groups`. */
export function createMongoGroupStore(collection: Collection<BuyerGroupDoc>): GroupStore {
  return {
    findAged: (maxAgeMs, after, limit) =>
      collection
        .find(
          { ...behind(after), $expr: { $lte: ['$refreshedAt', { $subtract: ['$$NOW', maxAgeMs] }] } },
          { sort: { refreshedAt: 1, companyId: 1 }, limit, batchSize: limit },
        )
        .project<AgedGroup>({ _id: 0, companyId: 1, sequence: 1, refreshedAt: 1 })
        .toArray(),
  }
}

/** The first condition alone bounds the index; the second drops what of that instant was seen. */
function behind(after: AgedGroup | null): Filter<BuyerGroupDoc> {
  if (after === null) return {}
  const { refreshedAt, companyId } = after
  return {
    refreshedAt: { $gte: refreshedAt },
    $or: [{ refreshedAt: { $gt: refreshedAt } }, { companyId: { $gt: companyId } }],
  }
}
