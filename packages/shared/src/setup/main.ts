import { readConfig } from '../config/read-config.ts'
import { createLogger } from '../logging/create-logger.ts'
import { logWarnings } from '../logging/log-warnings.ts'
import { setupConfig } from './config.ts'
import { runCli } from './run-cli.ts'
import { runSetup } from './run-setup.ts'

await runCli('setup', async () => {
  const config = readConfig(setupConfig, process.env)
  const logger = createLogger('setup', config.LOG_LEVEL)
  logWarnings(logger)
  const report = await runSetup({
    kafkaBrokers: config.KAFKA_BROKERS,
    mongodbUri: config.MONGODB_URI,
    mongodbDatabase: config.MONGODB_DATABASE,
    schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    topicPrefix: config.TOPIC_PREFIX,
    topicPartitions: config.TOPIC_PARTITIONS,
    topicReplication: config.TOPIC_REPLICATION,
    logger,
  })
  for (const difference of report.topics.differences) {
    logger.warn({ difference }, 'an existing topic is not as it should be; it was left as it is')
  }
  logger.info(
    { migrations: report.migrations, topicsCreated: report.topics.created, schemaIds: report.schemaIds },
    'the database, the topics and the schemas are ready',
  )
})
