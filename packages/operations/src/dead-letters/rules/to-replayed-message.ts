import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import {
  DEAD_LETTER_HEADERS,
  originalHeaders,
  REPLAY_HEADERS,
  RETRY_HEADERS,
} from '@buyer-group/shared/messages/original-headers.ts'
import type { DeadLetter, ReplayStep } from './read-dead-letter.ts'

/** A message that is replayed more often keeps its latest steps. */
const MAX_HISTORY = 10

/** Headers that only said why the message was a dead letter or waited for another attempt, or that come anew. */
const NOT_ORIGINAL = new Set([...DEAD_LETTER_HEADERS, ...RETRY_HEADERS, ...REPLAY_HEADERS])

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
      ...originalHeaders(message, NOT_ORIGINAL),
      'replay-id': target.replayId,
      'replay-history': JSON.stringify(history),
    },
  }
}
