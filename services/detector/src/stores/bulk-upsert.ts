import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  type WriteError,
} from 'mongodb'

/** Two upserts of one new key: the second fails with this and finds the first's document when it is tried again. */
export const DUPLICATE_KEY = 11_000

const MAX_ATTEMPTS = 5

/**
 * Runs upserts in one round trip, unordered, and again those that lost the race for a new key.
 * @throws MongoBulkWriteError for anything else that fails.
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
      const raced = writeErrorsOf(error)
      if (attempt >= MAX_ATTEMPTS || !raced?.every((failed) => failed.code === DUPLICATE_KEY)) throw error
      open = raced.flatMap((failed) => open[failed.index] ?? [])
    }
  }
}

/** The errors of single operations; undefined if the write failed otherwise, or if its durability is unknown. */
export function writeErrorsOf(error: unknown): readonly WriteError[] | undefined {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) return undefined
  return [error.writeErrors].flat()
}
