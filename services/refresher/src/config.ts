import { adminPort, commonConfig } from '@buyer-group/shared/config/common.ts'
import { consumerConfig } from '@buyer-group/shared/config/consumer.ts'
import { duration, integer } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'
import { checkPeopleSource, peopleSourceConfig } from './people-sources/config.ts'

/** Everything the refresher reads from the environment. */
export const refresherConfigSchema = z
  .object({
    ...commonConfig,
    ...consumerConfig,
    ADMIN_PORT: adminPort(9466),
    REFRESH_CONCURRENCY: integer(1, 1_000)
      .prefault('64')
      .describe('how many companies one process refreshes side by side; never two refreshes of one company.'),
    CACHE_MAX_AGE: duration
      .prefault('5m')
      .describe(
        'the age below which a group is published again as it is if no change waits, manual and scheduled refreshes aside; 0s switches that off.',
      ),
    BUYER_GROUP_PROFILE: z
      .string()
      .optional()
      .describe(
        'the path of a JSON file that says which departments, roles and group size matter for what is sold (docs/buyer-group-profile.md); the built-in profile where not set. Read again when it changes and on SIGHUP.',
      ),
    ...peopleSourceConfig,
  })
  .superRefine(checkPeopleSource)

export type RefresherConfig = z.output<typeof refresherConfigSchema>
