import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Waiting } from '../refresh-state.ts'
import { isFresh } from '../rules/is-fresh.ts'
import { stepKey } from './step-key.ts'

/**
 * Is the stored group young enough to be published again as it is? Never for a waiting change, nor if it was composed by
 * another profile, nor for a refresh that was asked for because of what it may have missed: a manual one, or a scheduled
 * one, whatever `cacheMaxAgeMs` allows.
 */
export const checkCacheStep = defineStep({
  name: 'checkCacheStep',
  idempotencyKey: stepKey('checkCacheStep'),
  retryable: true,
  execute: (
    waiting: Waiting,
    { now, cacheMaxAgeMs, profile }: Pick<RefreshContext, 'now' | 'cacheMaxAgeMs' | 'profile'>,
  ): Checked => ({
    ...waiting,
    isFresh:
      waiting.command.reason === 'webhook' &&
      waiting.foldedIds.length === 0 &&
      waiting.stored?.profileVersion === profile().version &&
      isFresh(waiting.stored, now(), cacheMaxAgeMs),
  }),
})
