import type { Kafka } from 'kafkajs'

/** Every topic of the cluster. @throws kafkajs's errors when Kafka is away. */
export async function listTopics(kafka: Kafka): Promise<string[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}
