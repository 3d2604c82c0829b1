import type { Encode } from '@buyer-group/shared/avro/encoder.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { ceHeaders } from '@buyer-group/shared/messages/ce-headers.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { PersonChange, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import { personChangeKey } from '@buyer-group/shared/messages/person-change-key.ts'
import type { TopicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'

/** Turns what ingest publishes into Kafka messages. @throws AppError `unencodable_message`. */
export interface ToMessages {
  personChange(change: PersonChange, traceparent: string): OutgoingMessage
  refreshRequest(request: RefreshRequest, traceparent: string): OutgoingMessage
}

export interface ToMessagesOptions {
  readonly topics: Pick<TopicNames, 'name'>
  readonly encodePersonChange: Encode<PersonChange>
  readonly encodeRefreshRequest: Encode<RefreshRequest>
}

/**
 * The messages' topics, keys (the company's id; the person's `source:id` where the event names no company), Avro values and
 * CloudEvents headers, which hold nothing personal.
 */
export function createToMessages({ topics, encodePersonChange, encodeRefreshRequest }: ToMessagesOptions): ToMessages {
  const personChanges = topics.name(TOPICS.personChanges)
  const refreshRequests = topics.name(TOPICS.refreshRequests)
  return {
    personChange: (change, traceparent) => ({
      topic: personChanges,
      key: personChangeKey(change),
      value: encodePersonChange(change),
      headers: ceHeaders({
        id: eventIdempotencyKey(change.source, change.eventId),
        source: `/buyer-group/ingest/${change.source}`,
        type: change.type,
        time: change.timestamp,
        traceparent,
      }),
    }),
    refreshRequest: (request, traceparent) => ({
      topic: refreshRequests,
      key: request.companyId,
      value: encodeRefreshRequest(request),
      headers: ceHeaders({
        id: request.requestId,
        source: '/buyer-group/ingest',
        type: 'buyer-group.refresh-request.v1',
        time: request.requestedAt,
        traceparent,
      }),
    }),
  }
}
