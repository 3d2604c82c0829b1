import { randomBytes } from 'node:crypto'
import { subjectOf } from '@buyer-group/shared/avro/schemas.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { ALL_TOPICS, topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'

export interface Addresses {
  readonly KAFKA_BROKERS: string
  readonly MONGODB_URI: string
  readonly SCHEMA_REGISTRY_URL: string
}

export type Kafka = ReturnType<typeof createKafka>

/** A deployment of its own on a stack that others may use too: topics, groups, subjects and database by one name. */
export interface Deployment {
  readonly id: string
  readonly topicPrefix: string
  readonly kafka: Kafka
  readonly collections: Collections
  /** What every service needs to belong to it. */
  readonly env: Readonly<Record<string, string>>
  /** Takes away all that the deployment made. */
  remove(): Promise<void>
  close(): Promise<void>
}

/** @throws AppError saying which part does not answer. */
export async function openDeployment(addresses: Addresses, logger: Logger): Promise<Deployment> {
  const id = `demo-${randomBytes(4).toString('hex')}`
  const topicPrefix = `${id}.`
  const brokers = addresses.KAFKA_BROKERS.split(',')
  const database = `buyer_groups_${id}`
  await runSetup({
    kafkaBrokers: brokers,
    mongodbUri: addresses.MONGODB_URI,
    mongodbDatabase: database,
    schemaRegistryUrl: addresses.SCHEMA_REGISTRY_URL,
    topicPrefix,
    logger,
  })
  const { client, db } = await connectMongo({ uri: addresses.MONGODB_URI, database, appName: 'demo' })
  const kafka = createKafka({ brokers, clientId: 'demo', logger })
  return {
    id,
    topicPrefix,
    kafka,
    collections: collectionsOf(db),
    env: { ...addresses, MONGODB_DATABASE: database, TOPIC_PREFIX: topicPrefix },
    remove: async () => {
      await db.dropDatabase()
      await removeFromKafka(kafka, topicPrefix)
      await removeSubjects(addresses.SCHEMA_REGISTRY_URL, topicPrefix)
    },
    close: () => client.close(),
  }
}

async function removeFromKafka(kafka: Kafka, topicPrefix: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const ours = (await admin.listGroups()).groups.map(({ groupId }) => groupId)
    await admin.deleteGroups(ours.filter((groupId) => groupId.startsWith(topicPrefix)))
  } finally {
    await admin.disconnect()
  }
}

/** The Confluent API deletes a subject in two steps; a registry that keeps them all the same does no harm. */
async function removeSubjects(registryUrl: string, topicPrefix: string): Promise<void> {
  const names = topicNames(topicPrefix)
  for (const topic of ALL_TOPICS) {
    const url = `${registryUrl.replace(/\/$/, '')}/subjects/${encodeURIComponent(subjectOf(names.name(topic)))}`
    for (const address of [url, `${url}?permanent=true`]) await fetch(address, { method: 'DELETE' }).catch(() => {})
  }
}
