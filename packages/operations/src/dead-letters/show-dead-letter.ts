import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { findOffsetRanges } from '@buyer-group/shared/kafka/read-topic.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { type ReadLetter, readLettersIn } from './read-letters.ts'
import { findScopes } from './replay-store.ts'
import { sourceOf } from './rules/choose-topics.ts'
import { findReplayOf } from './rules/judge-letter.ts'
import { type DeadLetter, headerOf, type Location } from './rules/read-dead-letter.ts'
import type { ReadValue, ValueRead } from './rules/value-read.ts'

/** Everything about one letter. `value` may hold personal data. */
export interface ShownLetter extends DeadLetter {
  /** As text, in the order they stand there. */
  readonly headers: Readonly<Record<string, string>>
  readonly value: ValueRead
  readonly replayedBy: string | null
}

/**
 * Reads one dead letter.
 * @throws AppError `no_such_letter` (permanent) where no message stands, `unknown_topic` (permanent), `kafka_unavailable` (unavailable), MongoDB's
 * errors.
 */
export async function showDeadLetter(options: {
  readonly kafka: Kafka
  readonly collections: Pick<Collections, 'deadLetterReplays'>
  readonly location: Location
  readonly readValue: ReadValue
}): Promise<ShownLetter> {
  const replays = await findScopes(options.collections.deadLetterReplays)
  const found = await readLetterAt(options.kafka, options.location)
  if (found === undefined) throw noSuchLetter(options.location)
  const { letter, message } = found
  return {
    ...letter,
    headers: Object.fromEntries(Object.keys(message.headers).map((name) => [name, headerOf(message, name) ?? ''])),
    value: await options.readValue(letter.origin?.topic ?? sourceOf(letter.location.topic), message.value),
    replayedBy: findReplayOf(letter, replays) ?? null,
  }
}

async function readLetterAt(kafka: Kafka, { topic, partition, offset }: Location): Promise<ReadLetter | undefined> {
  const ranges = await findOffsetRanges(kafka, [topic])
  const range = ranges.find((candidate) => candidate.partition === partition)
  if (range === undefined || offset < range.from || offset >= range.to) return undefined
  for await (const read of readLettersIn(kafka, [{ topic, partition, from: offset, to: offset + 1 }])) return read
  return undefined
}

function noSuchLetter({ topic, partition, offset }: Location): AppError {
  return new AppError(
    `no dead letter stands at ${topic}/${partition}/${offset}: see "list"; Kafka keeps dead letters for 30 days`,
    { code: 'no_such_letter', fate: 'permanent' },
  )
}
