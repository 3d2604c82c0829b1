import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Waiting } from '../refresh-state.ts'
import { isFresh } from '../rules/is-fresh.ts'
import { stepKey } from './step-key.ts'

/** Is the stored group young enough to be published again as it is? Never for a manual refresh or a waiting change. */
export const checkCacheStep = defineStep({
  name: 'checkCacheStep',
  idempotencyKey: stepKey('checkCacheStep'),
  retryable: true,
  execute: (waiting: Waiting, { now, cacheMaxAgeMs }: Pick<RefreshContext, 'now' | 'cacheMaxAgeMs'>): Checked => ({
    ...waiting,
    isFresh:
      waiting.command.reason !== 'manual' &&
      waiting.foldedIds.length === 0 &&
      isFresh(waiting.stored, now(), cacheMaxAgeMs),
  }),
})
