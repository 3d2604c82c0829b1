import type { SignificancePolicy } from '@buyer-group/rules/significance/significance-policy.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { compareGroups } from './compare-groups.ts'
import type { EventRange, EventSource, LeftOut } from './event-source.ts'
import type { BacktestReport } from './rules/backtest-report.ts'
import { createEventComparison, topCompanies } from './rules/compare-events.ts'
import type { SideRules, Sides } from './rules/side.ts'
import { type TracedChange, toTracedChanges } from './rules/traced-change.ts'
import { unmetEntries } from './rules/unmet-entries.ts'

export interface BacktestOptions {
  readonly source: EventSource
  readonly collections: Pick<Collections, 'positions' | 'people'>
  readonly sides: Sides<SideRules>
  readonly versions: BacktestReport['versions']
  readonly warnings: readonly string[]
  /** As its file says it; undefined where the policy is the one in use. */
  readonly triedPolicy?: SignificancePolicy | undefined
  readonly range: EventRange
  readonly windowMs: number
  /** The only company to look at; undefined for all. */
  readonly companyId?: string | undefined
  readonly withNames: boolean
  /** How many companies and how many differing groups are told. */
  readonly maxShown: number
}

/** People whose changes are followed into groups: each takes about two kilobytes. */
const MAX_AFFECTED = 50_000

/**
 * Replays events through the current rules and through the candidate's and tells both outcomes side by side. Reads
 * only: the events once, a second time where the sides take different ones, and the directory of the companies that
 * either side refreshes. Needs memory for each company and for each person whom the sides treat differently.
 * @throws what the source and MongoDB's driver throw.
 */
export async function runBacktest(options: BacktestOptions): Promise<BacktestReport> {
  const { source, sides, range, windowMs, companyId, maxShown } = options
  const comparison = createEventComparison({ sides, windowMs, companyId, maxAffected: MAX_AFFECTED })
  const leftOut: Record<LeftOut, number> = { unreadable: 0, repeat: 0 }
  for await (const event of source.read((why) => leftOut[why]++)) comparison.take(event)
  const { counts, read, differing, affected, isCut, claims } = comparison.end()

  const changes = await traceChanges(options, affected)
  const groups = await compareGroups({
    ...options,
    companyIds: [...claims.current.keys(), ...claims.candidate.keys(), ...changes.keys()],
    changes,
  })
  const { current, candidate } = counts.refreshes
  return {
    source: source.kind,
    since: range.since.toISOString(),
    until: range.until.toISOString(),
    windowMs,
    companyId: companyId ?? null,
    versions: options.versions,
    warnings: options.warnings,
    unmet: options.triedPolicy === undefined ? [] : unmetEntries(options.triedPolicy, counts.byType),
    events: { read, unreadable: leftOut.unreadable, repeats: leftOut.repeat, differing },
    ...counts,
    saved: current.total - candidate.total,
    companies: topCompanies(claims, maxShown),
    groups: { ...groups, isCut },
  }
}

/** Everything that the events say of these people, by company. */
async function traceChanges(
  { source, sides, companyId }: BacktestOptions,
  affected: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly TracedChange[]>> {
  const traced = new Map<string, TracedChange[]>()
  if (affected.size === 0) return traced
  for await (const event of source.read()) {
    if (!affected.has(`${event.event.source}:${event.event.person.id}`)) continue
    for (const change of toTracedChanges(event, sides)) {
      if (companyId !== undefined && change.companyId !== companyId) continue
      const known = traced.get(change.companyId)
      if (known === undefined) traced.set(change.companyId, [change])
      else known.push(change)
    }
  }
  return traced
}
