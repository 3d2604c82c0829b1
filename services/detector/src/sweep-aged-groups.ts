import type { Detector } from './detector.ts'
import { nothingNew } from './rules/group-by-company.ts'
import { type AgedGroup, type PlannedSchedule, planScheduled } from './rules/plan-scheduled.ts'
import { sendCommands } from './send-commands.ts'
import { claimWhatCanBe } from './sweep-claims.ts'

/** Most groups looked at, and so most claims, in one sweep of one process. */
const PAGE = 500

/**
 * Scheduled refreshes: each call looks at one page of the groups that have reached `maxAgeMs` by the database's clock,
 * going on where the call before ended, and claims the windows of those that nobody takes care of. So a backlog of any
 * size costs each sweep the same. Any number of instances may do so: a claim is a compare-and-set on the sequence read.
 * A failed refresh keeps its window and is tried once a window.
 * @param limit the page's size.
 * @throws what the stores and the publisher throw; the same page comes again then, and what was claimed is swept.
 */
export function createAgedSweep(detector: Detector, maxAgeMs: number, limit = PAGE): () => Promise<void> {
  let after: AgedGroup | null = null
  return async () => {
    const groups = await detector.stores.groups.findAged(maxAgeMs, after, limit)
    if (groups.length > 0) await claimAged(detector, groups, maxAgeMs)
    after = groups.length < limit ? null : (groups.at(-1) ?? null)
  }
}

async function claimAged(detector: Detector, groups: readonly AgedGroup[], maxAgeMs: number): Promise<void> {
  const { stores, metrics } = detector
  const companyIds = groups.map(({ companyId }) => companyId)
  const { due, unfinished } = planScheduled(groups, await stores.windows.readSchedule(companyIds, maxAgeMs))
  const claims = [...due, ...(await onlyFailed(detector, unfinished))]
  if (claims.length === 0) return

  const won = await claimWhatCanBe(detector, toClaims(detector, claims))
  metrics.scheduledClaims.inc(won.length)
  await sendCommands(
    detector,
    won.flatMap(({ outbox }) => outbox ?? []),
  )
}

/** Those whose last refresh has failed. One by hand has another command's id: it is given `maxAgeMs` like any other. */
async function onlyFailed(
  { stores }: Detector,
  unfinished: readonly PlannedSchedule[],
): Promise<readonly PlannedSchedule[]> {
  if (unfinished.length === 0) return []
  const idOf = ({ companyId, seenSequence }: PlannedSchedule) => `${companyId}:${seenSequence}`
  const failed = await stores.logs.findFailed(unfinished.map(idOf))
  return unfinished.filter((planned) => failed.has(idOf(planned)))
}

function toClaims({ newToken, windowMs, workspaceId }: Detector, planned: readonly PlannedSchedule[]) {
  const claim = {
    token: newToken(),
    windowMs,
    workspaceId,
    reason: 'scheduled',
    priority: 'low',
    commandId: null,
  } as const
  return planned.map(({ companyId, seenSequence }) => ({ changes: nothingNew(companyId), claim, seenSequence }))
}
