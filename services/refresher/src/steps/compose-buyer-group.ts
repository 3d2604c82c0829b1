import { defineStep } from '@buyer-group/pipeline/step.ts'
import { planPositions } from '@buyer-group/rules/folding/plan-positions.ts'
import { composeMembers } from '@buyer-group/rules/membership/compose-members.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Draft, Ranked } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Chooses and orders the members by the profile, and says what the directory must hold before the group may be stored. */
export const composeBuyerGroup = defineStep({
  name: 'composeBuyerGroup',
  idempotencyKey: stepKey('composeBuyerGroup'),
  retryable: true,
  execute: (ranked: Ranked, { now }: Pick<RefreshContext, 'now'>): Draft => {
    const { command, refreshId, stored, changes, foldedIds, sightings, claimedPeople, personIds, folded, profile } =
      ranked
    return {
      command,
      refreshId,
      stored,
      changes,
      foldedIds,
      members: composeMembers(ranked.ranked, profile.value),
      composedAt: now(),
      profileVersion: profile.version,
      writes: {
        sightings,
        claimedPeople,
        personIds,
        positions: planPositions(ranked.positions, folded),
        positionChanges: folded.news,
      },
    }
  },
})
