import { type AnyBulkWriteOperation, type Collection, type Document, MongoServerError } from 'mongodb'
import { gather } from '../../batching/gather.ts'
import { DUPLICATE_KEY } from '../refused-operations.ts'
import { type BulkOutcome, bulkWrite } from './bulk-write.ts'

/**
 * Of one operation: it took effect; or it was an insert or upsert whose document is there already; or it was an update
 * that may have matched nothing. MongoDB counts matches by the round trip, so that one without a match makes all updates
 * of its round trip `unsure`.
 */
export type WriteOutcome = 'written' | 'present' | 'unsure'

/** Hands one operation in; resolves once it is durable. */
export type GatheredWrite<Doc extends Document> = (operation: AnyBulkWriteOperation<Doc>) => Promise<WriteOutcome>

/** For operations that may be large: what goes into one round trip at most, unless one alone is heavier. */
export interface WriteWeights<Doc extends Document> {
  weigh(operation: AnyBulkWriteOperation<Doc>): number
  readonly maxBatchWeight: number
}

/** Gathers operations into unordered bulk writes of at most a thousand. One that is refused fails its own asker. */
export function gatherWrites<Doc extends Document>(
  collection: Collection<Doc>,
  weights?: WriteWeights<Doc>,
): GatheredWrite<Doc> {
  const write = gather<AnyBulkWriteOperation<Doc>, WriteOutcome | Error>({
    ...weights,
    maxBatch: 1_000,
    maxInFlight: 1,
    run: async (operations) => readOutcomes(operations, await bulkWrite(collection, operations)),
  })
  return async (operation) => {
    const outcome = await write(operation)
    if (outcome instanceof Error) throw outcome
    return outcome
  }
}

function readOutcomes<Doc extends Document>(
  operations: readonly AnyBulkWriteOperation<Doc>[],
  { result, refused }: BulkOutcome,
): (WriteOutcome | Error)[] {
  const { insertedCount, matchedCount, upsertedCount } = result
  const allMatched = insertedCount + matchedCount + upsertedCount + refused.length >= operations.length
  const outcomes = operations.map((operation): WriteOutcome | Error =>
    allMatched || 'insertOne' in operation ? 'written' : 'unsure',
  )
  for (const error of refused) {
    outcomes[error.index] = error.code === DUPLICATE_KEY ? 'present' : new MongoServerError(error.toJSON())
  }
  return outcomes
}
