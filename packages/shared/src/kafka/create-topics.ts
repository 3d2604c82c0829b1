import { setTimeout as wait } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'

/** Brokers hear of a new topic from their controller within milliseconds, a busy machine aside. */
const PROPAGATION_MS = 30_000
const STEP_MS = 50

/**
 * Creates topics and waits until they can be used. kafkajs's own waiting gives up on the first broker that has not
 * heard of the topic yet (`UNKNOWN_TOPIC_OR_PARTITION`), as happens with KRaft.
 * @throws kafkajs's errors: `KafkaJSAggregateError` where the broker refuses a topic.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  const names = topics.map(({ topic }) => topic)
  const deadline = performance.now() + PROPAGATION_MS
  for (;;) {
    try {
      const { topics: known } = await admin.fetchTopicMetadata({ topics: names })
      if (known.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) {
        // A leader that the metadata names may not have begun to serve; only it can tell the offsets.
        await Promise.all(names.map((name) => admin.fetchTopicOffsets(name)))
        return
      }
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    if (performance.now() > deadline) return
    await wait(STEP_MS)
  }
}
