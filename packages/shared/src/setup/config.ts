import { z } from 'zod'
import { commonConfig } from '../config/common.ts'
import { integer } from '../config/fields.ts'

const { KAFKA_BROKERS, MONGODB_URI, MONGODB_DATABASE, SCHEMA_REGISTRY_URL, TOPIC_PREFIX, LOG_LEVEL } = commonConfig

/** What `npm run setup` reads from the environment. */
export const setupConfig = z.object({
  KAFKA_BROKERS,
  MONGODB_URI,
  MONGODB_DATABASE,
  SCHEMA_REGISTRY_URL,
  TOPIC_PREFIX,
  LOG_LEVEL,
  TOPIC_PARTITIONS: integer(1, 10_000)
    .prefault('12')
    .describe(
      'the number of partitions of each topic that is created; retry topics have three, dead-letter topics one.',
    ),
  TOPIC_REPLICATION: integer(1, 100)
    .optional()
    .describe(
      'the number of copies of each topic that is created; by default 3, or one a broker where there are fewer.',
    ),
})

/** What `npm run schemas:check` reads from the environment. */
export const schemasCheckConfig = z.object({ SCHEMA_REGISTRY_URL, TOPIC_PREFIX })
