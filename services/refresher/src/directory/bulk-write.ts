import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import {
  type AnyBulkWriteOperation,
  type BulkWriteResult,
  type Collection,
  type Document,
  MongoBulkWriteError,
  type WriteError,
} from 'mongodb'

export const DUPLICATE_KEY = 11_000

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
    if (!(error instanceof MongoBulkWriteError)) throw error
    const refused = [error.writeErrors].flat()
    if (refused.length > 0 && error.result.getWriteConcernError() === undefined)
      return { result: error.result, refused }
    // What the server answers has a code. The driver wraps what kept it from an answer and drops what it was.
    if (refused.length > 0 || error.code !== undefined) throw error
    throw new AppError(`MongoDB did not acknowledge writes to ${collection.collectionName}; they are tried again`, {
      code: 'mongodb_unavailable',
      fate: 'unavailable',
      cause: error,
    })
  }
}
