import { defineStep } from '@buyer-group/pipeline/step.ts'
import { compareMembers } from '@buyer-group/rules/membership/compare-members.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Company, Compared, Draft } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

interface ToCompare {
  readonly company: Company
  readonly stored: BuyerGroupDoc | null
  readonly draft: Draft
}

/** The difference to the group that this one replaces; before the save, since both stand in one document. Pure. */
export const compareBuyerGroups = defineStep({
  name: 'compareBuyerGroups',
  idempotencyKey: stepKey('compareBuyerGroups'),
  retryable: true,
  execute: ({ stored, draft }: ToCompare): Compared => ({
    ...draft,
    difference: compareMembers(stored?.members ?? [], draft.members),
  }),
})
