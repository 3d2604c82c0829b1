import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'

export interface VerifiedWebhook {
  readonly event: ReportedEvent
  /** The native event as JSON: of a native source the signed JSON exactly as it came. */
  readonly payload: string
  /** Lower-case hex SHA-256 of what was signed of the event. */
  readonly bodySha256: string
  /** Goes before the company's id: `company.id` is one namespace over all sources. */
  readonly companyIdPrefix: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
}

/** The Kafka message of a verified and valid webhook. */
export function toPersonChange(webhook: VerifiedWebhook): PersonChange {
  const { event, payload, bodySha256, companyIdPrefix, receivedAt } = webhook
  return {
    eventId: event.id,
    source: event.source,
    type: event.type,
    timestamp: Date.parse(event.timestamp),
    receivedAt,
    companyId: event.company === null ? '' : companyIdPrefix + event.company.id,
    companyName: event.company?.name ?? '',
    personId: event.person.id,
    bodySha256,
    payload,
  }
}
