import { originalHeaders, RETRY_HEADERS } from '../messages/original-headers.ts'
import type { Delivery } from './delivery.ts'
import type { IncomingMessage } from './incoming.ts'
import type { OutgoingMessage } from './outgoing.ts'

/** Why a message could not be processed. */
export interface FailureReason {
  readonly code: string
  /** In words, without personal data. */
  readonly message: string
  readonly step?: string | undefined
}

const ADDED_ON_THE_WAY = new Set(RETRY_HEADERS)

/** Headers travel with every copy of the message; the log has the rest. */
const MAX_REASON_LENGTH = 1_000

/**
 * A message as it goes to a retry topic: the original bytes, key and headers, with the attempts it had, why the last
 * one failed, how long it waits and where it first stood in headers of their own.
 */
export function toRetryMessage(
  message: IncomingMessage,
  delivery: Delivery,
  reason: FailureReason,
  target: { readonly topic: string; readonly delayMs: number; readonly at: Date },
): OutgoingMessage {
  return {
    topic: target.topic,
    key: message.key,
    value: message.value,
    headers: {
      ...originalHeaders(message, ADDED_ON_THE_WAY),
      'retry-attempt': String(delivery.attempt),
      'retry-delay-ms': String(target.delayMs),
      'retry-code': reason.code,
      'retry-message': reason.message.slice(0, MAX_REASON_LENGTH),
      'retry-topic': delivery.topic,
      'retry-partition': String(delivery.partition),
      'retry-offset': delivery.offset,
      'retry-at': target.at.toISOString(),
    },
  }
}

/**
 * A message as it goes to a dead-letter topic: the original bytes, key and headers, with where it first stood, how
 * often it was tried and why it stands there in headers of their own. Those of its way through retry topics are gone.
 */
export function toDeadLetter(
  message: IncomingMessage,
  delivery: Delivery,
  reason: FailureReason,
  target: { readonly topic: string; readonly service: string; readonly at: Date },
): OutgoingMessage {
  return {
    topic: target.topic,
    key: message.key,
    value: message.value,
    headers: {
      ...originalHeaders(message, ADDED_ON_THE_WAY),
      'dlq-code': reason.code,
      'dlq-message': reason.message.slice(0, MAX_REASON_LENGTH),
      'dlq-step': reason.step ?? 'handle',
      'dlq-service': target.service,
      'dlq-topic': delivery.topic,
      'dlq-partition': String(delivery.partition),
      'dlq-offset': delivery.offset,
      'dlq-attempt': String(delivery.attempt),
      'dlq-at': target.at.toISOString(),
    },
  }
}
