import type { Collections, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { EventRange, EventSource } from './event-source.ts'
import { READ_ONLY } from './read-only.ts'
import { toBacktestEvent } from './rules/backtest-event.ts'

/** Events a round trip. */
const BATCH = 1_000

const PROJECTION = {
  _id: 0,
  idempotencyKey: 1,
  companyId: 1,
  receivedAt: 1,
  occurredAt: 1,
  payload: 1,
  'decision.outcome': 1,
}

/** The events in `webhook_events`, where they are kept for 45 days. */
export function openStoredEvents(
  { webhookEvents }: Pick<Collections, 'webhookEvents'>,
  range: EventRange,
): EventSource {
  return {
    kind: 'stored',
    read: async function* (onLeftOut) {
      for await (const doc of findStoredEvents(webhookEvents, range)) {
        const event = toEvent(doc)
        if (event === undefined) onLeftOut?.('unreadable')
        else yield event
      }
    },
  }
}

/**
 * Both values of `processed` are named so that the index of processed and receivedAt gives the events in order: the
 * database merges its two halves instead of sorting everything in memory first.
 */
export function findStoredEvents(webhookEvents: Collections['webhookEvents'], { since, until }: EventRange) {
  return webhookEvents
    .find({ processed: { $in: [true, false] }, receivedAt: { $gte: since, $lt: until } }, READ_ONLY)
    .sort({ receivedAt: 1 })
    .hint({ processed: 1, receivedAt: 1 })
    .batchSize(BATCH)
    .project<WebhookEventDoc>(PROJECTION)
}

function toEvent({ idempotencyKey, companyId, receivedAt, occurredAt, payload, decision }: WebhookEventDoc) {
  return toBacktestEvent(
    {
      key: idempotencyKey,
      companyId,
      receivedAt: receivedAt.getTime(),
      occurredAt,
      recorded: decision?.outcome ?? null,
    },
    payload,
  )
}
