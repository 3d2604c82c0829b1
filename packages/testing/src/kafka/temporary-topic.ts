import { randomUUID } from 'node:crypto'
import { createTopics } from '@buyer-group/shared/kafka/create-topics.ts'
import type { Kafka } from 'kafkajs'

/** A topic (and so a group) of a test's own, gone when the test ends. Give it onTestFinished as `onEnd`. */
export async function temporaryTopic(
  kafka: Kafka,
  partitions: number,
  onEnd: (release: () => Promise<void>) => void,
): Promise<string> {
  const topic = `test-${randomUUID()}`
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, [{ topic, numPartitions: partitions }])
  onEnd(async () => {
    await admin.deleteTopics({ topics: [topic] }).catch(() => {})
    await admin.disconnect()
  })
  return topic
}
