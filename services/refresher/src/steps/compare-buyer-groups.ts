import { defineStep } from '@buyer-group/pipeline/step.ts'
import { compareMembers } from '@buyer-group/rules/membership/compare-members.ts'
import type { Compared, Draft } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** The difference to the group that this one replaces. Pure. */
export const compareBuyerGroups = defineStep({
  name: 'compareBuyerGroups',
  idempotencyKey: stepKey('compareBuyerGroups'),
  retryable: true,
  execute: (draft: Draft): Compared => ({
    ...draft,
    difference: compareMembers(draft.stored?.members ?? [], draft.members),
  }),
})
