import { bulkWrite } from '@buyer-group/shared/mongo/gathering/bulk-write.ts'
import { DUPLICATE_KEY } from '@buyer-group/shared/mongo/refused-operations.ts'
import { type AnyBulkWriteOperation, type Collection, type Document, MongoServerError } from 'mongodb'
import { MAX_RACES, writeConflict } from './write-conflict.ts'

/** Operations in one bulk write. */
const CHUNK = 1_000

/** Writes in unordered bulk writes of a thousand; upserts that lost a race for their key run again, on what won. */
export async function writeInBulk<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<void> {
  for (let start = 0; start < operations.length; start += CHUNK) {
    await writeChunk(collection, operations.slice(start, start + CHUNK))
  }
}

async function writeChunk<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<void> {
  let open = operations
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt > MAX_RACES) throw writeConflict(collection.collectionName)
    const { lost } = await tryBulkWrite(collection, open)
    open = lost.flatMap((index) => open[index] ?? [])
  }
}

export interface TriedBulkWrite {
  /** Documents that it made other than they were, not counting those that it inserted. */
  readonly changed: number
  /** Indexes of the operations that lost a race for a unique key. */
  readonly lost: readonly number[]
}

/**
 * One unordered bulk write.
 * @throws the driver's error for everything but a lost race.
 */
export async function tryBulkWrite<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<TriedBulkWrite> {
  if (operations.length === 0) return { changed: 0, lost: [] }
  const { result, refused } = await bulkWrite(collection, operations)
  const odd = refused.find(({ code }) => code !== DUPLICATE_KEY)
  if (odd !== undefined) throw new MongoServerError(odd.toJSON())
  return { changed: result.modifiedCount, lost: refused.map(({ index }) => index) }
}
