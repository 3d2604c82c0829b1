import { createAdaptiveBatcher } from '@buyer-group/shared/batching/adaptive-batcher.ts'
import type {
  Collections,
  PipelineOperationDoc,
  RefreshLogDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoServerError,
} from 'mongodb'

/** Of one operation: it took effect, or it was an upsert whose document is there and does not match its filter. */
export type WriteOutcome = 'written' | 'present'

/** Hands one operation in; resolves once it is durable. */
export type GatheredWrite<Doc extends Document> = (operation: AnyBulkWriteOperation<Doc>) => Promise<WriteOutcome>

/** The writes that refreshes running side by side share their round trips for. */
export interface GatheredWrites {
  readonly operation: GatheredWrite<PipelineOperationDoc>
  readonly log: GatheredWrite<RefreshLogDoc>
  readonly event: GatheredWrite<WebhookEventDoc>
}

export function createGatheredWrites(collections: Collections): GatheredWrites {
  return {
    operation: gatherWrites(collections.pipelineOperations),
    log: gatherWrites(collections.refreshLogs),
    event: gatherWrites(collections.webhookEvents),
  }
}

const DUPLICATE_KEY = 11_000

/** More than any number of refreshes that run side by side. */
const MAX_QUEUED = 10_000

/**
 * Gathers operations into unordered bulk writes: each takes what was asked for while the last ones were in flight.
 * A refresh waits for its own operation before the next, so its order is kept; operations of different refreshes have
 * none. One that fails fails its own asker; a part that is away fails all, and every one may be repeated.
 */
function gatherWrites<Doc extends Document>(collection: Collection<Doc>): GatheredWrite<Doc> {
  const batcher = createAdaptiveBatcher<AnyBulkWriteOperation<Doc>, WriteOutcome | Error>({
    maxBatch: 500,
    maxQueued: MAX_QUEUED,
    maxInFlight: 2,
    flush: async (operations) => {
      try {
        await collection.bulkWrite([...operations], { ordered: false })
        return operations.map(() => 'written')
      } catch (error) {
        return readOutcomes(error, operations.length)
      }
    },
  })
  return async (operation) => {
    const outcome = await batcher.add(operation)
    if (outcome instanceof Error) throw outcome
    return outcome
  }
}

/** @throws the error itself where it is not about single operations, or where durability is unknown. */
function readOutcomes(error: unknown, count: number): (WriteOutcome | Error)[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error
  const outcomes: (WriteOutcome | Error)[] = Array.from({ length: count }, () => 'written')
  for (const failed of [error.writeErrors].flat()) {
    outcomes[failed.index] = failed.code === DUPLICATE_KEY ? 'present' : new MongoServerError(failed.toJSON())
  }
  return outcomes
}
