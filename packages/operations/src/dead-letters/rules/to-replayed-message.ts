import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import type { DeadLetter, ReplayStep } from './read-dead-letter.ts'

/** A message that is replayed more often keeps its latest steps. */
const MAX_HISTORY = 10

const named = (prefix: string, names: string) => names.split(' ').map((name) => `${prefix}-${name}`)

/** Headers that only said why the message was a dead letter or waited for another attempt, or that come anew. */
const NOT_ORIGINAL = new Set([
  ...named('dlq', 'code message step service topic partition offset attempt at'),
  ...named('retry', 'attempt delay-ms code message topic partition offset at'),
  ...named('replay', 'id history'),
])

/**
 * The message as it goes back to `topic`: original bytes, key and headers, with which replay brought it and where it
 * stood before.
 */
export function toReplayedMessage(
  message: IncomingMessage,
  letter: DeadLetter,
  target: { readonly topic: string; readonly replayId: string },
): OutgoingMessage {
  const step: ReplayStep = {
    code: letter.code,
    at: letter.deadLetteredAt ?? new Date(letter.at).toISOString(),
    ...letter.location,
  }
  const history = [...letter.history, step].slice(-MAX_HISTORY)
  return {
    topic: target.topic,
    key: message.key,
    value: message.value,
    headers: {
      ...originalHeaders(message),
      'replay-id': target.replayId,
      'replay-history': JSON.stringify(history),
    },
  }
}

function originalHeaders(message: IncomingMessage): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) => {
      const single = Array.isArray(value) ? value.at(-1) : value
      return single === undefined || NOT_ORIGINAL.has(name) ? [] : [[name, single] as const]
    }),
  )
}
