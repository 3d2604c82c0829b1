import { refuseTwoPolicies } from '@buyer-group/rules/significance/refuse-two-policies.ts'
import { commaList, duration } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'
import { operationsConfig } from '../command-line/config.ts'

/** What `npm run audit` reads from the environment: what it looks at, and what the detectors were told. */
export const auditConfig = operationsConfig
  .extend({
    REFRESH_WINDOW: duration.prefault('1h').describe('the refresh window of the detectors.'),
    SIGNIFICANT_TYPES: commaList.optional().describe('the significant types of the detectors.'),
    SIGNIFICANCE_POLICY: z
      .string()
      .optional()
      .describe('the path of their significance policy, in place of the types.'),
  })
  .superRefine(refuseTwoPolicies)
