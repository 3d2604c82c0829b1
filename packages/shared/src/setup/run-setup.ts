import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import { createKafka } from '../kafka/create-kafka.ts'
import { type EnsuredTopics, ensureTopics } from '../kafka/ensure-topics.ts'
import type { Logger } from '../logging/create-logger.ts'
import { withLease } from '../mongo/migrations/lease.ts'
import { migrate } from '../mongo/migrations/migrate.ts'
import { connectForCommand } from './connect-for-command.ts'
import { registerSchemas } from './register-schemas.ts'
import { planTopics } from './rules/plan-topics.ts'

export interface SetupOptions {
  readonly kafkaBrokers: readonly string[]
  readonly mongodbUri: string
  readonly mongodbDatabase: string
  readonly schemaRegistryUrl: string
  readonly topicPrefix: string
  /** 12 unless told. */
  readonly topicPartitions?: number | undefined
  /** Three, or one a broker where there are fewer, unless told. */
  readonly topicReplication?: number | undefined
  readonly logger: Logger
}

export interface SetupReport {
  /** Names of the migrations that ran now. */
  readonly migrations: readonly string[]
  readonly topics: EnsuredTopics
  /** The registry's ids by topic. */
  readonly schemaIds: Readonly<Record<string, number>>
}

const DEFAULT_PARTITIONS = 12

/**
 * Prepares a deployment: migrates the database, creates the topics, registers the schemas. Safe to run again at any
 * time and from several processes at once: one works, the others wait for it and find nothing left to do.
 * @throws AppError whose message says which part failed and why: `mongodb_unavailable`, `kafka_unavailable`,
 * `registry_unavailable` (unavailable), `incompatible_schema`, `not_enough_brokers`, `topic_not_created` (permanent).
 */
export async function runSetup(options: SetupOptions): Promise<SetupReport> {
  const { logger } = options
  const { client, db } = await connectForCommand({
    uri: options.mongodbUri,
    database: options.mongodbDatabase,
    appName: 'setup',
  })
  try {
    return await withLease(db, { name: 'setup', logger }, async () => {
      const migrations = await migrate(db, logger)
      const topics = await createTopics(options)
      const schemaIds = await registerSchemas(options.schemaRegistryUrl, options.topicPrefix)
      return { migrations, topics, schemaIds }
    })
  } finally {
    await client.close()
  }
}

async function createTopics(options: SetupOptions): Promise<EnsuredTopics> {
  const { kafkaBrokers, topicPrefix, topicPartitions = DEFAULT_PARTITIONS, topicReplication, logger } = options
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'setup', logger })
  try {
    return await ensureTopics(kafka, planTopics(topicPrefix, topicPartitions), topicReplication)
  } catch (error) {
    if (error instanceof AppError) throw error
    const { message } = classifyError(error)
    throw new AppError(`Kafka does not answer at ${kafkaBrokers.join(', ')} (KAFKA_BROKERS): ${message}`, {
      code: 'kafka_unavailable',
      fate: 'unavailable',
      cause: error,
    })
  }
}
