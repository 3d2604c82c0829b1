import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Reads the company's group as it is stored, before anything else is read. One shared round trip. */
export const loadStoredGroup = defineStep({
  name: 'loadStoredGroup',
  idempotencyKey: stepKey('loadStoredGroup'),
  retryable: true,
  execute: ({ company }: { readonly company: Company }, { stores }: Pick<RefreshContext, 'stores'>) =>
    stores.groups.find(company.command.companyId),
})
