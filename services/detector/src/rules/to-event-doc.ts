import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { EVENT_KEPT_MS } from '@buyer-group/shared/mongo/rules/event-kept.ts'
import type { ChangeItem } from './change-item.ts'

/**
 * The record of a change. One that refreshes nothing is complete at once: decided, waited for by nobody, expiring.
 * One that does is undecided and names the companies that wait for it.
 * @param now milliseconds since the epoch: when an insignificant change counts as decided.
 */
export function toEventDoc(
  { key, message: { change, payload }, placements, classification }: ChangeItem,
  now: number,
): WebhookEventDoc {
  const recorded = {
    idempotencyKey: key,
    source: change.source,
    eventType: change.type,
    payload,
    bodySha256: change.bodySha256,
    companyId: change.companyId,
    occurredAt: new Date(change.timestamp),
    receivedAt: new Date(change.receivedAt),
    ...(classification === undefined ? {} : { classification }),
  }
  if (placements.length > 0) {
    return { ...recorded, processed: false, waitingFor: placements.map((placement) => placement.companyId) }
  }
  return {
    ...recorded,
    processed: true,
    processedAt: new Date(now),
    decision: { outcome: 'insignificant', commandIds: [] },
    waitingFor: [],
    expiresAt: new Date(change.receivedAt + EVENT_KEPT_MS),
  }
}
