import { defineStep } from '@buyer-group/pipeline/step.ts'
import { toMember } from '@buyer-group/rules/membership/to-member.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Folded, Ranked } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Gives everybody with an active position a role and a score, and says why, by the profile in use now. */
export const assignRoles = defineStep({
  name: 'assignRoles',
  idempotencyKey: stepKey('assignRoles'),
  retryable: true,
  execute: (folded: Folded, context: Pick<RefreshContext, 'profile'>): Ranked => {
    const profile = context.profile()
    const active = [...folded.folded.positions.values()].filter((position) => position.active)
    const ranked = active.map((position) => toMember(position, folded.people.get(position.personId), profile.value))
    return { ...folded, ranked, profile }
  },
})
