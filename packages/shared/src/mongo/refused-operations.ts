import { MongoBulkWriteError, type WriteError } from 'mongodb'
import { AppError } from '../errors/app-error.ts'

/** MongoDB's code of a write that would break a unique index. */
export const DUPLICATE_KEY = 11_000

/**
 * The operations of a failed unordered bulk write (or insertMany) that the database refused, with their indexes; all
 * others took effect. At least one.
 *
 * A driver whose connection fails in the middle reports a bulk error as well, with no refused operation in it: that is
 * no success of the rest but an unknown outcome.
 * @throws AppError `mongodb_unavailable` (unavailable) where nothing is known of the outcome; the error itself where it
 * is about something else, or where durability is unknown.
 */
export function refusedOperations(error: unknown, collection: string): readonly WriteError[] {
  if (!(error instanceof MongoBulkWriteError)) throw error
  const refused = [error.writeErrors].flat()
  if (refused.length > 0 && error.result.getWriteConcernError() === undefined) return refused
  // What the server answers has a code. The driver wraps what kept it from an answer and drops what it was.
  if (refused.length > 0 || error.code !== undefined) throw error
  throw new AppError(`MongoDB did not acknowledge writes to ${collection}; they are tried again`, {
    code: 'mongodb_unavailable',
    fate: 'unavailable',
    cause: error,
  })
}
