import { DUPLICATE_KEY, refusedOperations } from '@buyer-group/shared/mongo/refused-operations.ts'
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb'

const MAX_ATTEMPTS = 5

/**
 * Runs upserts in one round trip, unordered, and again those that lost the race for a new key: of two upserts of one new
 * key the second fails, and finds the first's document when it is tried again.
 * @throws MongoBulkWriteError for anything else that is refused; AppError `mongodb_unavailable` (unavailable) where the
 * outcome is unknown.
 */
export async function bulkUpsert<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<void> {
  let open = operations
  for (let attempt = 1; open.length > 0; attempt += 1) {
    try {
      await collection.bulkWrite(open, { ordered: false })
      return
    } catch (error) {
      const raced = refusedOperations(error, collection.collectionName)
      if (attempt >= MAX_ATTEMPTS || !raced.every((failed) => failed.code === DUPLICATE_KEY)) throw error
      open = raced.flatMap((failed) => open[failed.index] ?? [])
    }
  }
}
