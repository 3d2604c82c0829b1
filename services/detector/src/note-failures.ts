import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { BatchHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { DetectorMessage } from './rules/detector-message.ts'
import type { EventStore } from './stores/stores.ts'

/**
 * Notes on a recorded event why it cannot be decided (system.md, `webhook_events.error`): the runner tries a failed
 * batch message by message, and gives up on one that keeps failing; then the event says why it stands undecided.
 * A later decision removes the note. Failing to write it changes nothing.
 */
export function noteFailures(
  handle: BatchHandler<DetectorMessage>,
  events: EventStore,
  logger: Logger,
): BatchHandler<DetectorMessage> {
  return async (batch, signal) => {
    try {
      return await handle(batch, signal)
    } catch (error) {
      const value = batch.length === 1 ? batch[0]?.value : undefined
      const { code, fate, message } = classifyError(error)
      if (value?.kind !== 'change' || fate === 'unavailable' || signal.aborted) throw error
      const key = eventIdempotencyKey(value.change.source, value.change.eventId)
      const words = error instanceof AppError ? message : 'an unexpected failure; see the log'
      await events.noteError(key, { code, message: words }).catch((failure: unknown) => {
        logger.warn({ eventKey: key, ...describeError(failure) }, 'the failure could not be noted on the event')
      })
      throw error
    }
  }
}
