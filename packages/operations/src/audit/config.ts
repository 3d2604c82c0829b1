import { commonConfig } from '@buyer-group/shared/config/common.ts'
import { commaList, duration } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'
import { DEFAULT_SIGNIFICANT_TYPES } from './collect-facts.ts'

const { KAFKA_BROKERS, MONGODB_URI, MONGODB_DATABASE, SCHEMA_REGISTRY_URL, TOPIC_PREFIX, LOG_LEVEL } = commonConfig

/** What `npm run audit` reads from the environment: what it looks at, and what the detectors were told. */
export const auditConfig = z.object({
  KAFKA_BROKERS,
  MONGODB_URI,
  MONGODB_DATABASE,
  SCHEMA_REGISTRY_URL,
  TOPIC_PREFIX,
  LOG_LEVEL: LOG_LEVEL.prefault('error'),
  REFRESH_WINDOW: duration.prefault('1h').describe('the refresh window of the detectors.'),
  SIGNIFICANT_TYPES: commaList
    .prefault([...DEFAULT_SIGNIFICANT_TYPES].join(','))
    .describe('the significant types of the detectors.'),
})
