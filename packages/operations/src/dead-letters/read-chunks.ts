import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import type { DeadLetterRange } from '@buyer-group/shared/mongo/collections.ts'
import { readLettersIn } from './read-letters.ts'
import { judgeLetter, type ReplayScope } from './rules/judge-letter.ts'
import { toReplayedMessage } from './rules/to-replayed-message.ts'

/** What is published together and then known to be done. */
export interface Chunk {
  readonly messages: readonly OutgoingMessage[]
  /** Letters that the filter takes and the replay leaves. */
  readonly skipped: number
  /** Offsets that Kafka no longer keeps, between the chunk before and the end of this one. */
  readonly expired: number
  /** The first offset after the chunk. */
  readonly next: number
}

export interface ChunkOptions {
  readonly kafka: Kafka
  readonly scope: ReplayScope
  /** The other replays, asked anew for each chunk. */
  readonly findOthers: () => Promise<readonly ReplayScope[]>
  /** The most messages in a chunk. */
  readonly size: number
  readonly signal: AbortSignal
}

/** A chunk ends at so many bytes too; a larger message travels alone. */
const MAX_BYTES = 1024 * 1024

/** A chunk ends after so many letters even if it took none of them, so that progress is stored. */
const MAX_SCANNED = 5_000

/** Cuts what is left of a range into chunks, in order; the last one ends where the range does. */
export async function* readChunks(
  range: DeadLetterRange,
  options: ChunkOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const { kafka, scope, findOthers, size, signal } = options
  let others = await findOthers()
  let messages: OutgoingMessage[] = []
  let [bytes, scanned, skipped, expired] = [0, 0, 0, 0]
  const rest = { topic: range.topic, partition: range.partition, from: range.next, to: range.to }
  const onExpired = ({ from, to }: { readonly from: number; readonly to: number }) => {
    expired += to - from
  }
  const letters = readLettersIn(kafka, [rest], { signal, onExpired })
  for await (const { letter, message } of letters) {
    const judgement = judgeLetter(letter, scope, others)
    scanned += 1
    if (judgement.kind === 'refuse') skipped += 1
    if (judgement.kind === 'replay') {
      messages.push(toReplayedMessage(message, letter, { topic: judgement.topic, replayId: scope.replayId }))
      bytes += letter.bytes ?? 0
    }
    if (messages.length === size || bytes >= MAX_BYTES || scanned === MAX_SCANNED) {
      yield { messages, skipped, expired, next: letter.location.offset + 1 }
      others = await findOthers()
      messages = []
      bytes = scanned = skipped = expired = 0
    }
  }
  yield { messages, skipped, expired, next: range.to }
}
