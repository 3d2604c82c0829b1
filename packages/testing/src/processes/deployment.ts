import { randomUUID } from 'node:crypto'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { type MessageBySchema, SCHEMA_OF_TOPIC, type SchemaName } from '@buyer-group/shared/avro/schemas.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { readTopics } from '@buyer-group/shared/kafka/read-topic.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { GROUPS, type TopicName } from '@buyer-group/shared/messages/topics.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import type { Kafka, Message, Producer } from 'kafkajs'
import { countUncommitted, readCommittedOffsets } from './committed-offsets.ts'
import { evictMembers } from './evict-members.ts'
import { freePort } from './free-port.ts'
import { type ServiceName, type ServiceProcess, type StartOptions, startService } from './start-service.ts'

export const TEST_SECRET = 'a-secret-of-the-tests-only'
export const TEST_TOKEN = 'a-token-of-the-tests-only'

/** A message read back from a topic. */
export interface ReadMessage<Value> {
  readonly key: string
  readonly value: Value
  readonly headers: Readonly<Record<string, string>>
}

/** One instance of a service in a deployment. */
export interface DeployedService extends ServiceProcess {
  /** Where it listens to providers, if it is ingest. */
  readonly url: string
  /**
   * Starts the same again, after it has ended: on its own port with its own environment, fault points aside, which have
   * done their work. `env` goes on top.
   */
  restart(env?: Readonly<Record<string, string>>, options?: StartOptions): Promise<DeployedService>
}

/**
 * Addresses in the place of the test stack's, for who puts a proxy between services and broker or breaks a broker of its
 * own. Where services alone shall use others, name those in the deployment's `env`.
 */
export interface DeploymentStack {
  readonly kafkaBrokers?: string
  readonly mongodbUri?: string
  readonly schemaRegistryUrl?: string
  /** 4 unless told: a test needs more than one and waits for each to be created. */
  readonly topicPartitions?: number
  readonly topicReplication?: number
}

/** A whole deployment on the test stack: topics, groups and database of its own, services as real processes. */
export interface Deployment {
  readonly ingestUrl: string
  readonly collections: Collections
  /** A client of the harness's own, not the services'. */
  readonly kafka: Kafka
  /** As the harness itself uses them, not the services where `env` gave those others. */
  readonly kafkaBrokers: readonly string[]
  readonly mongodbUri: string
  readonly mongodbDatabase: string
  readonly schemaRegistryUrl: string
  /** What its topics and groups begin with. */
  readonly topicPrefix: string
  /** Starts one more instance; an ingest after the first one listens on `url`, which only the first shares with `ingestUrl`. */
  start(service: ServiceName, env?: Readonly<Record<string, string>>, options?: StartOptions): Promise<DeployedService>
  /**
   * Makes the broker forget the members of a service's group, all of which were killed: a new one need not wait until
   * their sessions time out.
   */
  forgetMembers(service: 'detector' | 'refresher'): Promise<void>
  /** Everything that stands in a topic now, decoded, in partition order. */
  read<Topic extends TopicName>(topic: Topic): Promise<ReadMessage<MessageBySchema[(typeof SCHEMA_OF_TOPIC)[Topic]]>[]>
  /** Everything that stands in a topic now as it is, by the topic's name without prefix. */
  readBytes(topic: string): Promise<IncomingMessage[]>
  /** How many messages stand in a topic, by its name without prefix. */
  count(topic: string): Promise<number>
  /** What detector and refresher have committed: the next offset of each partition, by `topic/partition`. */
  committed(): Promise<ReadonlyMap<string, number>>
  /** How many messages of what detector and refresher consume, retry topics included, stand behind no committed offset. */
  uncommitted(): Promise<number>
  /** Puts messages into a topic, by its name without prefix, as they are. */
  produce(topic: string, messages: readonly Message[]): Promise<void>
}

/**
 * Sets a deployment up on the stack that the environment names. `onEnd` is given what tears it down again (processes
 * killed, topics deleted, database dropped): vitest's onTestFinished inside a test, a list that afterAll goes through
 * inside beforeAll.
 */
export async function createDeployment(
  onEnd: (release: () => Promise<void>) => unknown,
  env: Readonly<Record<string, string>> = {},
  stack: DeploymentStack = {},
): Promise<Deployment> {
  const id = randomUUID().slice(0, 8)
  const prefix = `t${id}.`
  const database = `test_${id}`
  const brokers = (stack.kafkaBrokers ?? required('KAFKA_BROKERS')).split(',')
  const mongodbUri = stack.mongodbUri ?? required('MONGODB_URI')
  const schemaRegistryUrl = stack.schemaRegistryUrl ?? required('SCHEMA_REGISTRY_URL')
  const logger = createLogger('deployment', 'fatal')

  await runSetup({
    kafkaBrokers: brokers,
    mongodbUri,
    mongodbDatabase: database,
    schemaRegistryUrl,
    topicPrefix: prefix,
    topicPartitions: stack.topicPartitions ?? 4,
    topicReplication: stack.topicReplication,
    logger,
  })
  const { client, db } = await connectMongo({ uri: mongodbUri, database, appName: 'tests' })
  const kafka = createKafka({ brokers, clientId: 'tests', logger })
  const admin = kafka.admin()
  await admin.connect()
  const registry = createRegistry(schemaRegistryUrl)
  const names = topicNames(prefix)
  const ingestPort = await freePort()
  let producer: Producer | undefined
  const running = new Set<ServiceProcess>()
  const starting = new Set<Promise<unknown>>()
  let ingestStarted = false

  onEnd(async () => {
    // A test that failed may have left a start under way.
    await Promise.allSettled(starting)
    for (const service of running) service.kill('SIGKILL')
    await Promise.all([...running].map((service) => service.exited))
    await db.dropDatabase()
    await client.close()
    const ours = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
    await admin.deleteTopics({ topics: ours }).catch(() => {})
    await admin.disconnect()
    await producer?.disconnect()
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
    SHUTDOWN_DELAY: '0s', // no balancer here that would have to notice
    ...env,
  }

  const launch = async (
    name: ServiceName,
    port: number,
    extra: Readonly<Record<string, string>>,
    options: StartOptions,
  ): Promise<DeployedService> => {
    const start = startService(name, { ...serviceEnv, INGEST_PORT: String(port), ...extra }, options)
    starting.add(start)
    const service = await start.finally(() => starting.delete(start))
    running.add(service)
    return {
      ...service,
      url: `http://127.0.0.1:${port}`,
      restart: (env = {}, restartOptions = {}) =>
        launch(name, port, { ...extra, FAULT_POINTS: '', ...env }, restartOptions),
    }
  }

  const count = async (topic: string) => {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  }

  const readBytes = async (topic: string) => {
    const messages: IncomingMessage[] = []
    for await (const message of readTopics(kafka, [topic])) messages.push(message)
    return messages
  }

  return {
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    collections: collectionsOf(db),
    kafka,
    kafkaBrokers: brokers,
    mongodbUri,
    mongodbDatabase: database,
    schemaRegistryUrl,
    topicPrefix: prefix,
    start: async (name, extra = {}, options = {}) => {
      const port = name === 'ingest' && ingestStarted ? await freePort() : ingestPort
      if (name === 'ingest') ingestStarted = true
      return launch(name, port, extra, options)
    },
    count: (topic) => count(prefix + topic),
    committed: () => readCommittedOffsets(admin, prefix),
    uncommitted: () => countUncommitted(admin, prefix),
    produce: async (topic, messages) => {
      producer ??= await openProducer(kafka)
      await producer.send({ topic: prefix + topic, messages: [...messages] })
    },
    forgetMembers: (service) => evictMembers(kafka, names.group(GROUPS[service])),
    readBytes: (topic) => readBytes(prefix + topic),
    read: async (topic) => {
      const decode = openDecoder(registry, SCHEMA_OF_TOPIC[topic] as SchemaName)
      const messages: ReadMessage<never>[] = []
      for (const { key, value, headers } of await readBytes(names.name(topic))) {
        messages.push({
          key: String(key),
          value: (await decode(value)) as never,
          headers: Object.fromEntries(Object.entries(headers).map(([header, bytes]) => [header, String(bytes)])),
        })
      }
      return messages
    },
  }
}

async function openProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  return producer
}

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: run the tests with "npm test"`)
  return value
}
