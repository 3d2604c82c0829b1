import { z } from 'zod'
import { commaList, duration, integer } from './fields.ts'

/** The variables that every service reads; each service spreads them into its own schema. */
export const commonConfig = {
  KAFKA_BROKERS: commaList.describe('the Kafka bootstrap servers, host:port separated by commas.'),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'expected a mongodb:// or mongodb+srv:// address')
    .describe('the MongoDB connection string of a replica set.'),
  MONGODB_DATABASE: z
    .string()
    .regex(
      /^[^/\\. "$*<>:|?]{1,63}$/,
      'expected a name of at most 63 characters without / \\ . " $ * < > : | ? or spaces',
    )
    .default('buyer_groups')
    .describe('the database that holds the collections.'),
  SCHEMA_REGISTRY_URL: z
    .url({ protocol: /^https?$/ })
    .describe('the base URL of a schema registry with the Confluent API.'),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]*$/, 'expected letters, digits, dots, dashes or underscores')
    .default('')
    .describe('text put before every topic name and consumer group, to keep deployments on one cluster apart.'),
  WORKSPACE_ID: z.string().min(1).default('default').describe('the workspace that this deployment serves.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('the least severe log line written.'),
  SHUTDOWN_TIMEOUT: duration
    .refine((ms) => ms > 0, 'expected more than nothing')
    .prefault('25s')
    .describe('how long a drain may take after SIGTERM.'),
} as const

/** The admin server's port, with the service's own default. */
export const adminPort = (byDefault: number) =>
  integer(0, 65_535)
    .prefault(String(byDefault))
    .describe('the port of /metrics, /livez and /readyz; 0 takes a free one.')
