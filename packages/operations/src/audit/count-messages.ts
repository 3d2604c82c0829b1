import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { AuditTarget } from './audit-options.ts'
import { findConsumedTopics, readCommitted } from './read-committed.ts'
import { partitionName } from './rules/fact-index.ts'

type Admin = ReturnType<AuditTarget['kafka']['admin']>

export interface MessageCounts {
  /** Messages that the services have yet to commit. */
  readonly unconsumed: number
  /** Messages that wait in retry topics. */
  readonly retrying: number
  readonly deadLetters: number
  readonly results: number
}

/** Counts what stands in a deployment's topics, by their offsets alone. `admin` is connected. */
export async function countMessages(admin: Admin, topicPrefix: string): Promise<MessageCounts> {
  const consumed = await findConsumedTopics(admin, topicPrefix)
  const committed = await readCommitted(admin, consumed)
  const count = async (topics: readonly string[], from: ReadonlyMap<string, number> = new Map()) => {
    const ends = await Promise.all(
      topics.map(async (topic) => (await admin.fetchTopicOffsets(topic)).map((end) => ({ ...end, topic }))),
    )
    return ends.flat().reduce((sum, { topic, partition, low, high }) => {
      return sum + Math.max(0, Number(high) - Math.max(Number(low), from.get(partitionName({ topic, partition })) ?? 0))
    }, 0)
  }
  const [unconsumed, retrying, deadLetters, results] = await Promise.all([
    count(
      consumed.flatMap(({ topics }) => topics),
      committed,
    ),
    count(
      consumed.flatMap(({ retryTopics }) => retryTopics),
      committed,
    ),
    count(consumed.flatMap(({ deadLetterTopics }) => deadLetterTopics)),
    count([topicNames(topicPrefix).name(TOPICS.refreshResults)]),
  ])
  return { unconsumed, retrying, deadLetters, results }
}
