import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { CONSUMED_TOPICS, GROUPS } from '@buyer-group/shared/messages/topics.ts'
import type { AuditTarget } from './audit-options.ts'
import { partitionName } from './rules/fact-index.ts'

type Admin = ReturnType<AuditTarget['kafka']['admin']>

/** The topics of one deployment that its services consume, with the groups that do. Only those that exist. */
export interface ConsumedTopics {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly retryTopics: readonly string[]
  readonly deadLetterTopics: readonly string[]
}

/**
 * Finds what the detector and the refresher consume, their retry topics and their dead letters.
 * @throws AppError `unknown_topic` (permanent) where no such deployment is.
 */
export async function findConsumedTopics(admin: Admin, topicPrefix: string): Promise<readonly ConsumedTopics[]> {
  const names = topicNames(topicPrefix)
  const existing = await admin.listTopics()
  const missing = Object.values(CONSUMED_TOPICS).flatMap((topics) => topics.map(names.name).filter(isMissing(existing)))
  if (missing.length > 0) throw unknownTopics(missing)
  return (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => {
    const consumed = CONSUMED_TOPICS[group]
    const retryPrefixes = consumed.map((topic) => `${names.name(topic)}.${GROUPS[group]}.retry.`)
    const deadLetters = consumed.map((topic) => names.deadLetter(topic, GROUPS[group]))
    return {
      groupId: names.group(GROUPS[group]),
      topics: consumed.map((topic) => names.name(topic)),
      retryTopics: existing.filter((topic) => retryPrefixes.some((prefix) => topic.startsWith(prefix))).sort(),
      deadLetterTopics: deadLetters.filter((topic) => existing.includes(topic)),
    }
  })
}

/** The next offset each group would read, by `topic/partition`, of its topics and their retry topics; 0 where none is committed. */
export async function readCommitted(
  admin: Admin,
  consumed: readonly ConsumedTopics[],
): Promise<ReadonlyMap<string, number>> {
  const answers = await Promise.all(
    consumed.map(({ groupId, topics, retryTopics }) =>
      admin.fetchOffsets({ groupId, topics: [...topics, ...retryTopics] }),
    ),
  )
  return new Map(
    answers
      .flat()
      .flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [partitionName({ topic, partition }), Math.max(0, Number(offset))]),
      ),
  )
}

/** The first offset that the broker keeps, by `topic/partition`, of the groups' topics and their retry topics. */
export async function readFirstKept(
  admin: Admin,
  consumed: readonly ConsumedTopics[],
): Promise<ReadonlyMap<string, number>> {
  const topics = consumed.flatMap(({ topics, retryTopics }) => [...topics, ...retryTopics])
  const kept = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(
        ({ partition, low }) => [partitionName({ topic, partition }), Number(low)] as const,
      ),
    ),
  )
  return new Map(kept.flat())
}

const isMissing = (existing: readonly string[]) => (topic: string) => !existing.includes(topic)

function unknownTopics(topics: readonly string[]): AppError {
  const words = `Kafka has no ${topics.join(', ')}: check KAFKA_BROKERS and TOPIC_PREFIX, or run "npm run setup"`
  return new AppError(words, { code: 'unknown_topic', fate: 'permanent' })
}
