import { refuseTwoPolicies } from '@buyer-group/rules/significance/refuse-two-policies.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import { adminPort, commonConfig } from '@buyer-group/shared/config/common.ts'
import { consumerConfig } from '@buyer-group/shared/config/consumer.ts'
import { age, commaList, duration, integer } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'

/** Everything the detector reads from the environment. */
export const detectorConfigSchema = z
  .object({
    ...commonConfig,
    ...consumerConfig,
    ADMIN_PORT: adminPort(9465),
    REFRESH_WINDOW: duration
      .prefault('1h')
      .refine((ms) => ms > 0, 'expected more than nothing')
      .describe('how long a claim holds back the next refresh of the same company, by the database’s clock.'),
    REFRESH_MAX_AGE: age
      .refine((ms) => ms > 0, 'expected more than nothing')
      .optional()
      .describe(
        'the age at which a buyer group is refreshed although nothing changed, at low priority and never inside a window, such as 30d; not set: never.',
      ),
    SIGNIFICANT_TYPES: commaList
      .optional()
      .describe(
        `the event types that must refresh a buyer group, separated by commas; others are only recorded. Where not set: ${DEFAULT_SIGNIFICANT_TYPES.join(', ')}.`,
      ),
    SIGNIFICANCE_POLICY: z
      .string()
      .optional()
      .describe(
        'the path of a JSON file that says which changes must refresh a buyer group (docs/significance-policy.md), in place of SIGNIFICANT_TYPES. Read again when it changes and on SIGHUP.',
      ),
    WEBHOOK_SOURCES: commaList
      .optional()
      .describe('the sources that ingest takes: where set, a significance policy that names others is warned about.'),
    SWEEP_INTERVAL: duration
      .prefault('500ms')
      .refine((ms) => ms > 0, 'expected more than nothing')
      .describe('the pause between two looks for windows that are due and for commands that were not produced.'),
    MAX_BATCH: integer(1, 10_000)
      .prefault('1000')
      .describe('the most messages handled at once; MongoDB is asked as often for one as for that many.'),
  })
  .superRefine(refuseTwoPolicies)

export type DetectorConfig = z.output<typeof detectorConfigSchema>
