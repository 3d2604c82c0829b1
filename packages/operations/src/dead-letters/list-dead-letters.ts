import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { Collections, DeadLetterFilter } from '@buyer-group/shared/mongo/collections.ts'
import { readLetters } from './read-letters.ts'
import { findScopes } from './replay-store.ts'
import { sourceOf } from './rules/choose-topics.ts'
import { createLetterList, type DeadLetterList } from './rules/dead-letter-list.ts'
import { findReplayOf } from './rules/judge-letter.ts'
import type { ReadValue } from './rules/value-read.ts'

export interface ListOptions {
  readonly kafka: Kafka
  readonly collections: Pick<Collections, 'deadLetterReplays'>
  /** Dead-letter topics. */
  readonly topics: readonly string[]
  readonly filter: DeadLetterFilter
  readonly readValue: ReadValue
  /** How many letters to return, the newest; all are counted. */
  readonly limit: number
  readonly signal?: AbortSignal
}

/**
 * The letters that the filter takes, counted by topic and code, with the newest of them. One that cannot be read is
 * among them and says why.
 * @throws AppError `unknown_topic` (permanent), `kafka_unavailable` (unavailable), MongoDB's errors.
 */
export async function listDeadLetters(options: ListOptions): Promise<DeadLetterList> {
  const { kafka, topics, filter, readValue, limit, signal } = options
  const replays = await findScopes(options.collections.deadLetterReplays)
  const list = createLetterList(limit)
  for await (const { letter, message } of readLetters(kafka, topics, filter, signal)) {
    const value = await readValue(letter.origin?.topic ?? sourceOf(letter.location.topic), message.value)
    list.add({
      ...letter,
      value: value.kind,
      valueProblem: 'reason' in value ? value.reason : null,
      replayedBy: findReplayOf(letter, replays) ?? null,
    })
  }
  return list.list()
}
