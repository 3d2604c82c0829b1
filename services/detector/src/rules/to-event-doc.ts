import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { ChangeItem } from './change-item.ts'

const DAY_MS = 24 * 60 * 60 * 1_000

/** How long a decided event is kept after ingest took it (system.md, "MongoDB"): longer than any topic keeps a copy. */
export const EVENT_KEPT_MS = 45 * DAY_MS

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
