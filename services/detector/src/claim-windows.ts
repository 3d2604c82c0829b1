import type { OutboxCommand } from '@buyer-group/shared/mongo/collections.ts'
import type { Detector } from './detector.ts'
import { groupByCompany } from './rules/group-by-company.ts'
import type { OpenChange } from './rules/sort-out-repeats.ts'

export interface ClaimedWindows {
  /** The id of each claim's command, by company. */
  readonly commandIds: ReadonlyMap<string, string>
  /** The commands to produce: all of them, save those that a sweeper produced before we could read them. */
  readonly commands: readonly OutboxCommand[]
}

/**
 * Claims the window of every company that waits for one of these changes, or marks them pending where it is open.
 * Changes that share a company share its claim: one operation a company, all in one round trip, one more to read who won.
 */
export async function claimWindows(detector: Detector, changes: readonly OpenChange[]): Promise<ClaimedWindows> {
  const companies = groupByCompany(changes)
  if (companies.length === 0) return { commandIds: new Map(), commands: [] }
  const won = await detector.stores.windows.claimOrMark(companies, {
    token: detector.newToken(),
    windowMs: detector.windowMs,
    workspaceId: detector.workspaceId,
    reason: 'webhook',
    priority: 'normal',
    commandId: null,
  })
  return {
    commandIds: new Map(won.map(({ companyId, sequence }) => [companyId, `${companyId}:${sequence}`])),
    commands: won.flatMap(({ outbox }) => outbox ?? []),
  }
}
