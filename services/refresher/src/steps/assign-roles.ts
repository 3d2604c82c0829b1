import { defineStep } from '@buyer-group/pipeline/step.ts'
import { toMember } from '@buyer-group/rules/membership/to-member.ts'
import type { Folded, Ranked } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Gives everybody with an active position a role and a score. Pure. */
export const assignRoles = defineStep({
  name: 'assignRoles',
  idempotencyKey: stepKey('assignRoles'),
  retryable: true,
  execute: (folded: Folded): Ranked => {
    const active = [...folded.folded.positions.values()].filter((position) => position.active)
    return { ...folded, ranked: active.map((position) => toMember(position, folded.people.get(position.personId))) }
  },
})
