import { findConsumedTopics, readCommitted } from '@buyer-group/operations/audit/read-committed.ts'
import type { Admin } from 'kafkajs'

/** The next offset that each group would read of what it consumes, retry topics included, by `topic/partition`. */
export async function readCommittedOffsets(admin: Admin, topicPrefix: string): Promise<ReadonlyMap<string, number>> {
  return readCommitted(admin, await findConsumedTopics(admin, topicPrefix))
}

/** How many messages of what is consumed, retry topics included, stand behind no committed offset. */
export async function countUncommitted(admin: Admin, topicPrefix: string): Promise<number> {
  const consumed = await findConsumedTopics(admin, topicPrefix)
  const committed = await readCommitted(admin, consumed)
  const counts = consumed
    .flatMap(({ topics, retryTopics }) => [...topics, ...retryTopics])
    .map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic)
      return offsets.reduce((sum, { partition, high, low }) => {
        const next = committed.get(`${topic}/${partition}`) ?? 0
        return sum + Number(high) - Math.max(next, Number(low))
      }, 0)
    })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
