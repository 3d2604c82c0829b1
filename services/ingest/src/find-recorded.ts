import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import type { Collection } from 'mongodb'

/** How long a batch waits for MongoDB before it is published without having asked. */
const LOOKUP_TIMEOUT_MS = 500

/** How long MongoDB is left alone after two failures in a row; then one batch asks again. */
const LEFT_ALONE_MS = 2_000

/** The body hashes of those of the keys that are recorded; empty while MongoDB is away. Never throws. */
export type FindRecorded = (idempotencyKeys: readonly string[]) => Promise<ReadonlyMap<string, string>>

export interface FindRecordedOptions {
  readonly events: Pick<Collection<WebhookEventDoc>, 'find'>
  readonly logger: Logger
  /** Called for each batch that goes on without an answer. */
  onSkipped(): void
}

/**
 * Asks MongoDB for a whole batch at once. A recorded event came out of Kafka, so it is durably there.
 * While MongoDB is away events are taken as new: the detector is exact, so that is harmless (guarantees.md, "ingest").
 */
export function createFindRecorded({ events, logger, onSkipped }: FindRecordedOptions): FindRecorded {
  const breaker = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(2), halfOpenAfter: LEFT_ALONE_MS })
  // The driver's own time-out does not end a lookup whose server has stopped without closing its connections. What the
  // race leaves behind is already handled: its later rejection troubles nobody.
  const policy = wrap(breaker, timeout(LOOKUP_TIMEOUT_MS, TimeoutStrategy.Aggressive))
  breaker.onBreak(() => logger.warn('MongoDB does not answer: repeats are recognised from memory alone'))
  breaker.onReset(() => logger.info('MongoDB answers again'))

  const lookUp = async (keys: readonly string[]) => {
    const found = await events
      .find(
        { idempotencyKey: { $in: [...keys] } },
        {
          projection: { _id: 0, idempotencyKey: 1, bodySha256: 1 },
          readConcern: { level: 'local' },
          timeoutMS: LOOKUP_TIMEOUT_MS,
        },
      )
      .toArray()
    return new Map(found.map(({ idempotencyKey, bodySha256 }) => [idempotencyKey, bodySha256]))
  }

  return async (keys) => {
    try {
      return await policy.execute(() => lookUp(keys))
    } catch (error) {
      onSkipped()
      if (!(error instanceof BrokenCircuitError)) logger.debug({ error: describeError(error) }, 'lookup failed')
      return new Map()
    }
  }
}
