import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { CONSUMED_TOPICS, GROUPS, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { Deployment, Kafka } from './open-deployment.ts'

type Admin = ReturnType<Kafka['admin']>

export interface MessageCounts {
  /** Messages that the services have yet to commit. */
  readonly lag: number
  readonly deadLetters: number
  readonly results: number
}

/** Counts what stands in the deployment's topics. `admin` is connected. */
export async function countMessages(admin: Admin, { topicPrefix }: Deployment): Promise<MessageCounts> {
  const names = topicNames(topicPrefix)
  const groups = Object.keys(GROUPS) as (keyof typeof GROUPS)[]
  const lags = await Promise.all(
    groups.flatMap((group) =>
      CONSUMED_TOPICS[group].map((topic) => lagOf(admin, names.group(GROUPS[group]), names.name(topic))),
    ),
  )
  const deadLetters = await Promise.all(
    groups.flatMap((group) =>
      CONSUMED_TOPICS[group].map((topic) => sizeOf(admin, names.deadLetter(topic, GROUPS[group]))),
    ),
  )
  return {
    lag: sum(lags),
    deadLetters: sum(deadLetters),
    results: await sizeOf(admin, names.name(TOPICS.refreshResults)),
  }
}

async function lagOf(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [ends, [committed]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ])
  return sum(
    ends.map(({ partition, high, low }) => {
      const offset = committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? '-1'
      return Number(high) - Math.max(Number(low), Number(offset))
    }),
  )
}

async function sizeOf(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return sum(offsets.map(({ high, low }) => Number(high) - Number(low)))
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
