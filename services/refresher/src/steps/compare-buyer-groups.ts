import { defineStep } from '@buyer-group/pipeline/step.ts'
import { compareMembers } from '@buyer-group/rules/membership/compare-members.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Compared, Draft } from '../refresh-state.ts'
import { noEffect } from './step-key.ts'

interface ToCompare {
  readonly stored: BuyerGroupDoc | null
  readonly draft: Draft
}

/** The difference to the group that this one replaces; before the save, since both stand in one document. Pure. */
export const compareBuyerGroups = defineStep({
  name: 'compareBuyerGroups',
  idempotencyKey: noEffect,
  retryable: true,
  execute: ({ stored, draft }: ToCompare): Compared => ({
    ...draft,
    difference: compareMembers(stored?.members ?? [], draft.members),
  }),
})
