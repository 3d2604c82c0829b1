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

/** Hands one operation in, with about how many bytes it has if that may be many; resolves once it is durable. */
export type GatheredWrite<Doc extends Document> = (
  operation: AnyBulkWriteOperation<Doc>,
  bytes?: number,
) => Promise<WriteOutcome>

/** In one round trip, so that small operations do not wait for the transfer of many large ones. */
const MAX_OPERATIONS = 1_000
const MAX_BYTES = 8 * 1_024 * 1_024

interface Asked<Doc extends Document> {
  readonly operation: AnyBulkWriteOperation<Doc>
  readonly bytes: number
}

/** Gathers operations into unordered bulk writes. One that is refused fails its own asker. */
export function gatherWrites<Doc extends Document>(collection: Collection<Doc>): GatheredWrite<Doc> {
  const write = gather<Asked<Doc>, WriteOutcome | Error>({
    maxBatch: MAX_OPERATIONS,
    maxInFlight: 1,
    maxBatchWeight: MAX_BYTES,
    weigh: ({ bytes }) => bytes,
    run: async (asked) => {
      const operations = asked.map(({ operation }) => operation)
      return readOutcomes(operations, await bulkWrite(collection, operations))
    },
  })
  return async (operation, bytes = 0) => {
    const outcome = await write({ operation, bytes })
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
