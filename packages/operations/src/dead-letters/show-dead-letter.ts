import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { Kafka } from 'kafkajs'
import { readLettersIn } from './read-letters.ts'
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
 * @throws AppError `no_such_letter` (permanent) where no message stands, `kafka_unavailable` (unavailable), MongoDB's
 * errors.
 */
export async function showDeadLetter(options: {
  readonly kafka: Kafka
  readonly collections: Pick<Collections, 'deadLetterReplays'>
  readonly location: Location
  readonly readValue: ReadValue
}): Promise<ShownLetter> {
  const { topic, partition, offset } = options.location
  const replays = await findScopes(options.collections.deadLetterReplays)
  const found = await first(readLettersIn(options.kafka, [{ topic, partition, from: offset, to: offset + 1 }]))
  if (found === undefined) throw noSuchLetter(options.location)
  const { letter, message } = found
  return {
    ...letter,
    headers: Object.fromEntries(Object.keys(message.headers).map((name) => [name, headerOf(message, name) ?? ''])),
    value: await options.readValue(letter.origin?.topic ?? sourceOf(topic), message.value),
    replayedBy: findReplayOf(letter, replays) ?? null,
  }
}

async function first<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  try {
    for await (const item of items) return item
  } catch (error) {
    // Beyond what the partition holds.
    if ((error as { code?: unknown }).code !== 'offset_out_of_range') throw error
  }
  return undefined
}

function noSuchLetter({ topic, partition, offset }: Location): AppError {
  return new AppError(
    `no dead letter stands at ${topic}/${partition}/${offset}: see "list"; Kafka keeps dead letters for 30 days`,
    { code: 'no_such_letter', fate: 'permanent' },
  )
}
