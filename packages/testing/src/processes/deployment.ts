import { randomUUID } from 'node:crypto'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { type MessageBySchema, SCHEMA_OF_TOPIC, type SchemaName } from '@buyer-group/shared/avro/schemas.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import type { TopicName } from '@buyer-group/shared/messages/topics.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { freePort } from './free-port.ts'
import { type ServiceName, type ServiceProcess, startService } from './start-service.ts'

export const TEST_SECRET = 'a-secret-of-the-tests-only'
export const TEST_TOKEN = 'a-token-of-the-tests-only'

/** A message read back from a topic. */
export interface ReadMessage<Value> {
  readonly key: string
  readonly value: Value
  readonly headers: Readonly<Record<string, string>>
}

/** A whole deployment on the test stack: topics, groups and database of its own, services as real processes. */
export interface Deployment {
  readonly ingestUrl: string
  readonly collections: Collections
  /** What its topics and groups begin with. */
  readonly topicPrefix: string
  /** Starts one more instance; an ingest after the first one listens on `url`, which only the first shares with `ingestUrl`. */
  start(
    service: ServiceName,
    env?: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess & { readonly url: string }>
  /** Everything that stands in a topic now, decoded, in partition order. */
  read<Topic extends TopicName>(topic: Topic): Promise<ReadMessage<MessageBySchema[(typeof SCHEMA_OF_TOPIC)[Topic]]>[]>
  /** How many messages stand in a topic, by its name without prefix. */
  count(topic: string): Promise<number>
}

/**
 * Sets a deployment up on the stack that the environment names. `onEnd` is given what tears it down again (processes
 * killed, topics deleted, database dropped): vitest's onTestFinished inside a test, a list that afterAll goes through
 * inside beforeAll.
 */
export async function createDeployment(
  onEnd: (release: () => Promise<void>) => unknown,
  env: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  const id = randomUUID().slice(0, 8)
  const prefix = `t${id}.`
  const database = `test_${id}`
  const brokers = required('KAFKA_BROKERS').split(',')
  const mongodbUri = required('MONGODB_URI')
  const schemaRegistryUrl = required('SCHEMA_REGISTRY_URL')
  const logger = createLogger('deployment', 'fatal')

  await runSetup({
    kafkaBrokers: brokers,
    mongodbUri,
    mongodbDatabase: database,
    schemaRegistryUrl,
    topicPrefix: prefix,
    topicPartitions: 4,
    logger,
  })
  const { client, db } = await connectMongo({ uri: mongodbUri, database, appName: 'tests' })
  const kafka = createKafka({ brokers, clientId: 'tests', logger })
  const admin = kafka.admin()
  await admin.connect()
  const registry = createRegistry(schemaRegistryUrl)
  const names = topicNames(prefix)
  const ingestPort = await freePort()
  const running = new Set<ServiceProcess>()
  let ingestStarted = false

  onEnd(async () => {
    for (const service of running) service.kill('SIGKILL')
    await Promise.all([...running].map((service) => service.exited))
    await db.dropDatabase()
    await client.close()
    const ours = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
    await admin.deleteTopics({ topics: ours }).catch(() => {})
    await admin.disconnect()
  })

  const serviceEnv = {
    KAFKA_BROKERS: brokers.join(','),
    MONGODB_URI: mongodbUri,
    MONGODB_DATABASE: database,
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    TOPIC_PREFIX: prefix,
    WEBHOOK_SECRET: TEST_SECRET,
    API_TOKEN: TEST_TOKEN,
    WEBHOOK_SOURCES: 'test,congress',
    REFRESH_WINDOW: '2s',
    ...env,
  }

  const count = async (topic: string) => {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  }

  return {
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    collections: collectionsOf(db),
    topicPrefix: prefix,
    start: async (name, extra = {}) => {
      const port = name === 'ingest' && ingestStarted ? await freePort() : ingestPort
      if (name === 'ingest') ingestStarted = true
      const service = await startService(name, { ...serviceEnv, INGEST_PORT: String(port), ...extra })
      running.add(service)
      return { ...service, url: `http://127.0.0.1:${port}` }
    },
    count: (topic) => count(prefix + topic),
    read: async (topic) => {
      const total = await count(names.name(topic))
      const decode = openDecoder(registry, SCHEMA_OF_TOPIC[topic] as SchemaName)
      const messages: ReadMessage<never>[] = []
      if (total === 0) return messages
      const consumer = kafka.consumer({ groupId: `${prefix}reader-${randomUUID()}` })
      await consumer.connect()
      await consumer.subscribe({ topics: [names.name(topic)], fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        consumer
          .run({
            autoCommit: false,
            eachMessage: async ({ message }) => {
              messages.push({
                key: String(message.key),
                value: (await decode(message.value)) as never,
                headers: Object.fromEntries(
                  Object.entries(message.headers ?? {}).map(([header, value]) => [header, String(value)]),
                ),
              })
              if (messages.length === total) resolve()
            },
          })
          .catch(reject)
      })
      await consumer.disconnect()
      return messages
    },
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: run the tests with "npm test"`)
  return value
}
