import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { Collection } from 'mongodb'
import { LOOKUP_TIMEOUT_MS } from '../guards.ts'

/** The body hashes of those of the keys that are recorded; empty while MongoDB is away. Never throws. */
export type FindRecorded = (idempotencyKeys: readonly string[]) => Promise<ReadonlyMap<string, string>>

export interface FindRecordedOptions {
  readonly events: Pick<Collection<WebhookEventDoc>, 'find'>
  readonly guard: Pick<Guard, 'run'>
  readonly logger: Logger
  /** Called for each batch that goes on without an answer. */
  onSkipped(): void
}

/**
 * Asks MongoDB for a whole batch at once. A recorded event came out of Kafka, so it is durably there.
 * While MongoDB is away events are taken as new: the detector is exact, so that is harmless (guarantees.md, "ingest").
 * The driver's own time-out does not end a lookup whose server has stopped without closing its connections: the guard's
 * does.
 */
export function createFindRecorded({ events, guard, logger, onSkipped }: FindRecordedOptions): FindRecorded {
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
      return await guard.run(() => lookUp(keys))
    } catch (error) {
      onSkipped()
      logger.debug({ error: describeError(error) }, 'lookup failed')
      return new Map()
    }
  }
}
