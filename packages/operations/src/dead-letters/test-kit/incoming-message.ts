import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'

/** Headers as a dead letter of `orders` has them. */
export const DLQ_HEADERS = {
  'dlq-code': 'event_id_conflict',
  'dlq-message': 'the id was seen with another body',
  'dlq-step': 'handle',
  'dlq-service': 'detector',
  'dlq-topic': 'orders',
  'dlq-partition': '3',
  'dlq-offset': '42',
  'dlq-at': '2026-01-02T03:04:05.678Z',
  'dlq-attempt': '4',
}

/** A dead letter of company `acme` at orders.detector.dlq/0/7, at noon of the first of January 2026. */
export function incomingMessage(message: Partial<IncomingMessage> = {}): IncomingMessage {
  return {
    topic: 'orders.detector.dlq',
    partition: 0,
    offset: '7',
    key: Buffer.from('acme'),
    value: Buffer.from([0, 1, 2]),
    headers: DLQ_HEADERS,
    timestamp: Date.UTC(2026, 0, 1, 12),
    ...message,
  }
}
