import { defineStep } from '@buyer-group/pipeline/step.ts'
import { toMember } from '@buyer-group/rules/membership/to-member.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Folded, Ranked } from '../refresh-state.ts'
import { noEffect } from './step-key.ts'

interface ToRank {
  readonly folded: Folded
  readonly classified: readonly PositionDoc[]
}

/** Gives everybody with an active position a role and a score, and says why, by the profile in use now. */
export const assignRoles = defineStep({
  name: 'assignRoles',
  idempotencyKey: noEffect,
  retryable: true,
  execute: ({ folded, classified }: ToRank, context: Pick<RefreshContext, 'profile'>): Ranked => {
    const profile = context.profile()
    const { people } = folded.directory
    const members = classified.map((position) => toMember(position, people.get(position.personId), profile.value))
    return { members, profile }
  },
})
