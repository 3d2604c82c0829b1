import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { findOffsetRanges, type OffsetRange, readRanges } from '@buyer-group/shared/kafka/read-topic.ts'
import type { DeadLetterFilter } from '@buyer-group/shared/mongo/collections.ts'
import { matchesFilter } from './rules/matches-filter.ts'
import { type DeadLetter, readDeadLetter } from './rules/read-dead-letter.ts'

/** A letter, and the message that it was read from. */
export interface ReadLetter {
  readonly letter: DeadLetter
  readonly message: IncomingMessage
}

/**
 * The letters that stand in dead-letter topics now and that the filter takes, the unreadable ones too.
 * @throws AppError `unknown_topic` (permanent), `kafka_unavailable` (unavailable); the signal's reason when it is aborted.
 */
export async function* readLetters(
  kafka: Kafka,
  topics: readonly string[],
  filter: DeadLetterFilter,
  signal?: AbortSignal,
): AsyncGenerator<ReadLetter, void, undefined> {
  const ranges = await findOffsetRanges(kafka, topics, filter.since ? { since: filter.since.getTime() } : {})
  for await (const read of readLettersIn(kafka, ranges, signal === undefined ? {} : { signal })) {
    if (matchesFilter(read.letter, filter)) yield read
  }
}

/** Every letter of these ranges. @throws as {@link readLetters} */
export async function* readLettersIn(
  kafka: Kafka,
  ranges: readonly OffsetRange[],
  options: { readonly signal?: AbortSignal; readonly onExpired?: (range: OffsetRange) => void } = {},
): AsyncGenerator<ReadLetter, void, undefined> {
  for await (const message of readRanges(kafka, ranges, options)) yield { letter: readDeadLetter(message), message }
}
