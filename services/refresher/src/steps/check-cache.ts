import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Company, Waiting } from '../refresh-state.ts'
import { isFresh } from '../rules/is-fresh.ts'
import { stepKey } from './step-key.ts'

interface ToCheck {
  readonly company: Company
  readonly stored: BuyerGroupDoc | null
  readonly waiting: Waiting
}

/**
 * Is the stored group young enough to be published again as it is? Never for a waiting change, nor if it was composed by
 * another profile, nor for a refresh that was asked for because of what it may have missed: a manual one, or a scheduled
 * one, whatever `cacheMaxAgeMs` allows. Only where it is not, a remote people source is asked.
 */
export const checkCacheStep = defineStep({
  name: 'checkCacheStep',
  idempotencyKey: stepKey('checkCacheStep'),
  retryable: true,
  execute: (
    { company, stored, waiting }: ToCheck,
    {
      now,
      cacheMaxAgeMs,
      profile,
      peopleSource,
    }: Pick<RefreshContext, 'now' | 'cacheMaxAgeMs' | 'profile' | 'peopleSource'>,
  ): Checked => {
    const fresh =
      company.command.reason === 'webhook' &&
      waiting.foldedIds.length === 0 &&
      stored?.profileVersion === profile().version &&
      isFresh(stored, now(), cacheMaxAgeMs)
    return { isFresh: fresh, asksSource: !fresh && peopleSource !== null }
  },
})
