import { defineStep } from '@buyer-group/pipeline/step.ts'
import { planPositions } from '@buyer-group/rules/folding/plan-positions.ts'
import { composeMembers } from '@buyer-group/rules/membership/compose-members.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Draft, Folded, Ranked } from '../refresh-state.ts'
import { noEffect } from './step-key.ts'

interface ToCompose {
  readonly folded: Folded
  readonly ranked: Ranked
}

/** Chooses and orders the members by the profile, and says what the directory must hold before the group may be stored. */
export const composeBuyerGroup = defineStep({
  name: 'composeBuyerGroup',
  idempotencyKey: noEffect,
  retryable: true,
  execute: (
    { folded: { directory, folded }, ranked: { members, profile } }: ToCompose,
    { now }: Pick<RefreshContext, 'now'>,
  ): Draft => ({
    members: composeMembers(members, profile.value),
    composedAt: now(),
    profileVersion: profile.version,
    writes: {
      sightings: directory.sightings,
      claimedPeople: directory.claimedPeople,
      personIds: directory.personIds,
      positions: planPositions(directory.positions, folded),
      positionChanges: folded.news,
    },
  }),
})
