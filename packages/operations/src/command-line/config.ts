import { commonConfig } from '@buyer-group/shared/config/common.ts'
import { z } from 'zod'

const { KAFKA_BROKERS, MONGODB_URI, MONGODB_DATABASE, SCHEMA_REGISTRY_URL, TOPIC_PREFIX, LOG_LEVEL } = commonConfig

/** What every operators' command reads from the environment: the system that it looks at. */
export const operationsConfig = z.object({
  KAFKA_BROKERS,
  MONGODB_URI,
  MONGODB_DATABASE,
  SCHEMA_REGISTRY_URL,
  TOPIC_PREFIX,
  // Warnings would stand between the lines of a table; what stops a command is said by the command.
  LOG_LEVEL: LOG_LEVEL.prefault('error'),
})
