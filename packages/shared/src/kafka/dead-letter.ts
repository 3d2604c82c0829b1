import type { IncomingMessage } from './incoming.ts'
import type { OutgoingMessage } from './outgoing.ts'

export interface DeadLetterReason {
  readonly code: string
  /** In words, without personal data. */
  readonly message: string
  readonly step?: string | undefined
}

/**
 * A message as it goes to a dead-letter topic: the original bytes, key and headers, with where it came from and why
 * it stands there in headers of their own.
 */
export function toDeadLetter(
  message: IncomingMessage,
  reason: DeadLetterReason,
  target: { readonly topic: string; readonly service: string; readonly at: Date },
): OutgoingMessage {
  return {
    topic: target.topic,
    key: message.key,
    value: message.value,
    headers: {
      ...originalHeaders(message),
      'dlq-code': reason.code,
      'dlq-message': reason.message,
      'dlq-step': reason.step ?? 'handle',
      'dlq-service': target.service,
      'dlq-topic': message.topic,
      'dlq-partition': String(message.partition),
      'dlq-offset': message.offset,
      'dlq-at': target.at.toISOString(),
    },
  }
}

function originalHeaders(message: IncomingMessage): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) => {
      const single = Array.isArray(value) ? value.at(-1) : value
      return single === undefined ? [] : [[name, single] as const]
    }),
  )
}
