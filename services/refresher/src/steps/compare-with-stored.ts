import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Company } from '../refresh-state.ts'
import { compareWithStored } from '../rules/compare-with-stored.ts'
import { stepKey } from './step-key.ts'

/** How the command stands to the group that is stored: go on, publish that one, or leave it. Pure. */
export const compareWithStoredStep = defineStep({
  name: 'compareWithStored',
  idempotencyKey: stepKey('compareWithStored'),
  retryable: true,
  execute: ({ company, stored }: { readonly company: Company; readonly stored: BuyerGroupDoc | null }) =>
    compareWithStored(company.command, company.refreshId, stored),
})
