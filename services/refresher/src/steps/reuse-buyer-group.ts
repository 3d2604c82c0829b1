import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Draft } from '../refresh-state.ts'
import { noEffect } from './step-key.ts'

interface ToReuse {
  readonly stored: BuyerGroupDoc | null
}

/** Takes the members over from a stored group that is fresh; its age goes on counting. */
export const reuseBuyerGroup = defineStep({
  name: 'reuseBuyerGroup',
  idempotencyKey: noEffect,
  retryable: true,
  execute: ({ stored }: ToReuse, { now }: Pick<RefreshContext, 'now'>): Draft => ({
    members: stored?.members ?? [],
    composedAt: stored?.composedAt ?? stored?.refreshedAt ?? now(),
    profileVersion: stored?.profileVersion,
    writes: null,
  }),
})
