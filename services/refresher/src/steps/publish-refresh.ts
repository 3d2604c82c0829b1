import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { WaitingChange } from '@buyer-group/rules/folding/waiting-change.ts'
import { finishForDeadWriter } from '../publishing/finish-for-dead-writer.ts'
import { finishRefresh } from '../publishing/finish-refresh.ts'
import type { Company, Waiting } from '../refresh-state.ts'
import type { RefreshRun } from '../refresher.ts'
import type { StoredComparison } from '../rules/compare-with-stored.ts'
import { groupToPublish, type SaveOutcome } from '../rules/refresh-outcome.ts'
import { stepKey } from './step-key.ts'

interface ToPublish {
  readonly company: Company
  readonly standing: StoredComparison
  readonly waiting: Waiting | undefined
  readonly saved: SaveOutcome | undefined
}

/**
 * Publishes a stored group and does all that follows: mark it published, take its changes off the waiting list. Whatever
 * was stored without being published, by an attempt before or by another refresh whose process died, is published as well.
 */
export const publishRefresh = defineStep({
  name: 'publishRefresh',
  idempotencyKey: stepKey('publishRefresh'),
  retryable: true,
  execute: async ({ standing, waiting, saved }: ToPublish, run: RefreshRun, { signal }): Promise<void> => {
    signal.throwIfAborted()
    const group = groupToPublish(standing, saved)
    if (group === undefined) return
    await finishRefresh(run, group)
    if (standing.kind === 'unpublished') await finishForDeadWriter(run, group)
    else if (waiting !== undefined) observeFolded(waiting.changes, run)
  },
})

function observeFolded(changes: readonly WaitingChange[], { metrics, now }: RefreshRun): void {
  metrics.foldedEvents.inc(changes.length)
  if (changes.length === 0) return
  const earliest = Math.min(...changes.map(({ receivedAt }) => receivedAt.getTime()))
  metrics.endToEnd.observe(Math.max(0, now().getTime() - earliest) / 1_000)
}
