import { randomUUID } from 'node:crypto'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createTopics } from '@buyer-group/shared/kafka/create-topics.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { generateLoad, type Load, type LoadOptions } from './load.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { stackAddresses } from './stack-addresses.ts'

/** Servers that take the same webhooks, on topics and a database of their own. */
export interface IngestBench {
  readonly kafkaBrokers: string
  readonly secret: string
  /** Ingest as it is in production, with flags for Node. */
  startIngest(...nodeFlags: string[]): Promise<ServerProcess>
  /** One that verifies the signature and does nothing else: on node:http alone, or through Express. */
  startVerifyOnly(how: 'bare' | 'express'): Promise<ServerProcess>
  /** One more topic with as many partitions as those of person changes; resolves to its name. */
  createTopic(name: string): Promise<string>
  load(server: Pick<ServerProcess, 'port'>, options: Omit<LoadOptions, 'port' | 'secret'>): Promise<Load>
  /** Ends all servers and takes topics and database away again. */
  close(): Promise<void>
}

/** Sets the bench up on the stack that the environment names, or else on the local one. */
export async function openIngestBench(): Promise<IngestBench> {
  const id = randomUUID().slice(0, 8)
  const secret = randomUUID()
  const topicPrefix = `bench-${id}.`
  const database = `bench_${id}`
  const addresses = stackAddresses(process.env)
  const brokers = addresses.KAFKA_BROKERS.split(',')
  const logger = createLogger('bench', 'error')
  logWarnings(logger)
  await runSetup({
    kafkaBrokers: brokers,
    mongodbUri: addresses.MONGODB_URI,
    mongodbDatabase: database,
    schemaRegistryUrl: addresses.SCHEMA_REGISTRY_URL,
    topicPrefix,
    logger,
  })
  const admin = createKafka({ brokers, clientId: 'bench', logger }).admin()
  await admin.connect()

  const servers: ServerProcess[] = []
  const start = async (...args: Parameters<typeof startServer>) => {
    const server = await startServer(...args)
    servers.push(server)
    return server
  }
  return {
    kafkaBrokers: addresses.KAFKA_BROKERS,
    secret,
    startIngest: (...nodeFlags) =>
      start({
        command: [process.execPath, ...nodeFlags, 'services/ingest/src/main.ts'],
        env: {
          PATH: process.env.PATH,
          ...addresses,
          TOPIC_PREFIX: topicPrefix,
          MONGODB_DATABASE: database,
          WEBHOOK_SECRET: secret,
          INGEST_HOST: '127.0.0.1',
          INGEST_PORT: '0',
          ADMIN_PORT: '0',
          SHUTDOWN_DELAY: '0s',
        },
        portOf: (line) => Number(/"port":(\d+)/.exec(line)?.[1] ?? 0),
        ready: 'connected to Kafka',
      }),
    startVerifyOnly: (how) =>
      start({
        command: [process.execPath, 'bench/verify-only-server.ts', how],
        env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret },
        portOf: Number,
      }),
    createTopic: async (name) => {
      const topic = topicPrefix + name
      const model = topicNames(topicPrefix).name(TOPICS.personChanges)
      const { topics } = await admin.fetchTopicMetadata({ topics: [model] })
      await createTopics(admin, [{ topic, numPartitions: topics[0]?.partitions.length ?? 1 }])
      return topic
    },
    load: ({ port }, options) => generateLoad({ ...options, port, secret }),
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()))
      const { client, db } = await connectMongo({ uri: addresses.MONGODB_URI, database, appName: 'bench' })
      await db.dropDatabase()
      await client.close()
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix))
      await admin.deleteTopics({ topics })
      await admin.disconnect()
    },
  }
}
