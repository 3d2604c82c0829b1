import type { Kafka } from 'kafkajs'
import { findDeadLetterTopics } from './rules/choose-topics.ts'

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

/** The dead-letter topics of the deployment whose names begin with `prefix`. @throws kafkajs's errors when Kafka is away. */
export async function listDeadLetterTopics(kafka: Kafka, prefix: string): Promise<string[]> {
  return findDeadLetterTopics(await listTopics(kafka), prefix)
}
