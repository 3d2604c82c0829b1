import type { BuyerGroupDoc, Collections } from '@buyer-group/shared/mongo/collections.ts'

/** Stores a buyer group, an empty one that was published, refreshed `agoMs` before the database's now. */
export async function storeGroup(
  { buyerGroups }: Pick<Collections, 'buyerGroups'>,
  companyId: string,
  {
    agoMs,
    sequence = 1,
    members = [],
  }: { readonly agoMs: number } & Partial<Pick<BuyerGroupDoc, 'sequence' | 'members'>>,
): Promise<void> {
  const refreshedAt = { $subtract: ['$$NOW', agoMs] }
  const group = {
    companyName: null,
    workspaceId: 'default',
    sequence,
    previousSequence: null,
    refreshId: `refresh-${sequence}`,
    commandId: `${companyId}:${sequence}`,
    reason: 'webhook',
    members,
    added: [],
    removed: [],
    changed: [],
    foldedIds: [],
    refreshedAt,
    publishedAt: refreshedAt,
  }
  await buyerGroups.updateOne({ companyId }, [{ $set: group }], { upsert: true })
}
