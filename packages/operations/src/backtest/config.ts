import { refuseTwoPolicies } from '@buyer-group/rules/significance/refuse-two-policies.ts'
import { commaList, duration } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'
import { operationsConfig } from '../command-line/config.ts'

/** What `npm run backtest` reads from the environment: what it looks at, and the rules that the services have now. */
export const backtestConfig = operationsConfig
  .partial({ KAFKA_BROKERS: true, SCHEMA_REGISTRY_URL: true })
  .extend({
    REFRESH_WINDOW: duration.prefault('1h').describe('the refresh window of the detectors.'),
    SIGNIFICANT_TYPES: commaList.optional().describe('the significant types of the detectors.'),
    SIGNIFICANCE_POLICY: z.string().optional().describe('the path of the significance policy of the detectors.'),
    WEBHOOK_SOURCES: commaList.optional().describe('the sources that ingest takes.'),
    BUYER_GROUP_PROFILE: z.string().optional().describe('the path of the buyer-group profile of the refreshers.'),
  })
  .superRefine(refuseTwoPolicies)

export type BacktestConfig = z.output<typeof backtestConfig>
