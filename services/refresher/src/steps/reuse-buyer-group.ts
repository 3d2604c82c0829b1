import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Checked, Draft } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Takes the members over from a stored group that is fresh; its age goes on counting. */
export const reuseBuyerGroup = defineStep({
  name: 'reuseBuyerGroup',
  idempotencyKey: stepKey('reuseBuyerGroup'),
  retryable: true,
  execute: (checked: Checked, { now }: Pick<RefreshContext, 'now'>): Draft => {
    const { isFresh: _used, ...waiting } = checked
    return {
      ...waiting,
      members: checked.stored?.members ?? [],
      composedAt: checked.stored?.composedAt ?? checked.stored?.refreshedAt ?? now(),
      profileVersion: checked.stored?.profileVersion,
      writes: { sightings: [], claimedPeople: [], personIds: new Map(), positions: [], positionChanges: [] },
    }
  },
})
