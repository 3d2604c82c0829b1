import { DUPLICATE_KEY, refusedOperations } from '@buyer-group/shared/mongo/refused-operations.ts'
import type { AnyBulkWriteOperation, Collection, Document, OptionalUnlessRequiredId } from 'mongodb'

/**
 * Inserts documents in one round trip and leaves those alone whose unique key is taken. Costs the database a fifth of as
 * many upserts.
 * @throws MongoBulkWriteError for anything else that is refused; AppError `mongodb_unavailable` (unavailable) where the
 * outcome is unknown.
 */
export async function insertMissing<Doc extends Document>(
  collection: Collection<Doc>,
  docs: readonly OptionalUnlessRequiredId<Doc>[],
): Promise<void> {
  try {
    await collection.insertMany([...docs], { ordered: false, forceServerObjectId: true })
  } catch (error) {
    const refused = refusedOperations(error, collection.collectionName)
    if (!refused.every((failed) => failed.code === DUPLICATE_KEY)) throw error
  }
}

/**
 * Runs updates in one round trip, unordered.
 * @returns how many documents they matched.
 * @throws MongoBulkWriteError where one is refused; AppError `mongodb_unavailable` (unavailable) where the outcome is
 * unknown.
 */
export async function bulkUpdate<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<number> {
  try {
    const { matchedCount } = await collection.bulkWrite(operations, { ordered: false })
    return matchedCount
  } catch (error) {
    refusedOperations(error, collection.collectionName)
    throw error
  }
}
