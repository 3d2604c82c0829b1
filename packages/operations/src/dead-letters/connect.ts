import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { createKafka, type Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { listTopics } from '@buyer-group/shared/kafka/list-topics.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import { connectForCommand } from '@buyer-group/shared/setup/connect-for-command.ts'
import { operationsConfig } from '../command-line/config.ts'
import { openValueReader } from './open-value-reader.ts'
import { chooseTopics, findDeadLetterTopics } from './rules/choose-topics.ts'
import type { ReadValue } from './rules/value-read.ts'

/** What a command works with. */
export interface Connected {
  readonly kafka: Kafka
  readonly collections: Collections
  readonly readValue: ReadValue
  /** Makes sure that the collections and their indexes are there; only who stores something new needs it. */
  prepareDatabase(): Promise<void>
  /** The dead-letter topics that the names mean; all without names. @throws AppError `unknown_topic` (permanent). */
  topicsFor(names: readonly string[] | undefined): Promise<string[]>
}

/**
 * Connects a command to the deployment that the environment names, and lets go of it when the work ends.
 * @throws ConfigError, AppError `mongodb_unavailable` or `kafka_unavailable` (unavailable), whatever `work` throws.
 */
export async function withConnection(work: (connected: Connected) => Promise<void>): Promise<void> {
  const config = readConfig(operationsConfig, process.env)
  const logger = createLogger('dlq', config.LOG_LEVEL)
  const brokers = config.KAFKA_BROKERS
  const prefix = config.TOPIC_PREFIX
  const kafka = createKafka({ brokers, clientId: 'dlq', logger })
  const { client, db } = await connectForCommand({
    uri: config.MONGODB_URI,
    database: config.MONGODB_DATABASE,
    appName: 'dlq',
  })
  try {
    await work({
      kafka,
      collections: collectionsOf(db),
      prepareDatabase: async () => {
        await migrate(db, logger)
      },
      readValue: openValueReader(config.SCHEMA_REGISTRY_URL, prefix),
      topicsFor: async (names) => {
        const existing = await orUnavailable(brokers, listTopics(kafka))
        return chooseTopics(findDeadLetterTopics(existing, prefix), names, prefix)
      },
    })
  } finally {
    await client.close()
  }
}

async function orUnavailable<Result>(brokers: readonly string[], asking: Promise<Result>): Promise<Result> {
  try {
    return await asking
  } catch (error) {
    throw new AppError(
      `Kafka does not answer at ${brokers.join(', ')} (KAFKA_BROKERS): ${classifyError(error).message}`,
      {
        code: 'kafka_unavailable',
        fate: 'unavailable',
        cause: error,
      },
    )
  }
}
