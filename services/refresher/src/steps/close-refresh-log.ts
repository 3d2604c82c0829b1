import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Company } from '../refresh-state.ts'
import type { StoredComparison } from '../rules/compare-with-stored.ts'
import { type RefreshOutcome, refreshOutcome, type SaveOutcome } from '../rules/refresh-outcome.ts'
import { stepKey } from './step-key.ts'

interface ToClose {
  readonly company: Company
  readonly standing: StoredComparison
  readonly cache: Checked | undefined
  readonly saved: SaveOutcome | undefined
}

/** Says what the refresh came to, and notes it in its log, once everything else is done. One shared round trip. */
export const closeRefreshLog = defineStep({
  name: 'closeRefreshLog',
  idempotencyKey: stepKey('closeRefreshLog'),
  retryable: true,
  execute: async (
    { company, standing, cache, saved }: ToClose,
    { stores, now }: Pick<RefreshContext, 'stores' | 'now'>,
  ): Promise<RefreshOutcome> => {
    const outcome = refreshOutcome(standing, saved, cache?.isFresh === true)
    const { commandId } = company.command
    if (outcome.outcome === 'superseded') {
      await stores.logs.end(commandId, { status: 'superseded', by: outcome.supersededBy }, now())
    } else if (outcome.outcome !== 'again') {
      await stores.logs.end(commandId, { status: 'completed', changes: outcome }, now())
    }
    return outcome
  },
})
