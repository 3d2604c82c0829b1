import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Notes that the refresh is under way, unless its log is final. One shared round trip. */
export const openRefreshLog = defineStep({
  name: 'openRefreshLog',
  idempotencyKey: stepKey('openRefreshLog'),
  retryable: true,
  execute: ({ company }: { readonly company: Company }, { stores, now }: Pick<RefreshContext, 'stores' | 'now'>) =>
    stores.logs.begin(company.command, now()),
})
