import {
  type AnyBulkWriteOperation,
  type BulkWriteResult,
  type Collection,
  type Document,
  MongoBulkWriteError,
  type WriteError,
} from 'mongodb'
import { refusedOperations } from '../refused-operations.ts'

export interface BulkOutcome {
  readonly result: BulkWriteResult
  /** Of operations that the database refused, with their indexes; all others took effect or matched nothing. */
  readonly refused: readonly WriteError[]
}

/**
 * One unordered bulk write whose refused operations are values.
 * @throws where anything but single operations failed, or where durability is unknown: AppError `mongodb_unavailable`
 * (unavailable), or the driver's error.
 */
export async function bulkWrite<Doc extends Document>(
  collection: Collection<Doc>,
  operations: readonly AnyBulkWriteOperation<Doc>[],
): Promise<BulkOutcome> {
  try {
    return { result: await collection.bulkWrite([...operations], { ordered: false }), refused: [] }
  } catch (error) {
    const refused = refusedOperations(error, collection.collectionName)
    if (!(error instanceof MongoBulkWriteError)) throw error
    return { result: error.result, refused }
  }
}
