import type { Sides } from './side.ts'

/** What a backtest found: ids, codes and numbers; nothing personal unless names were asked for. Times are RFC 3339. */
export interface BacktestReport {
  readonly source: 'stored' | 'topic'
  readonly since: string
  readonly until: string
  readonly windowMs: number
  /** The only company looked at; null for all. */
  readonly companyId: string | null
  readonly versions: Sides<{ readonly policy: string; readonly profile: string }>
  /** What the policies name perhaps in vain, in sentences. */
  readonly warnings: readonly string[]
  /** Types and sources that the policy to try names and that no event here has, each with its place in the file. */
  readonly unmet: readonly string[]
  readonly events: EventCounts
  readonly outcomes: Sides<OutcomeCounts>
  /** As the detectors decided when it happened; null where the source does not say. */
  readonly recorded: OutcomeCounts | null
  readonly refreshes: Sides<RefreshCounts>
  /** Refreshes that the candidate would not have made, less those that it would have made besides. */
  readonly saved: number
  readonly byType: readonly TypeRow[]
  readonly classified: readonly ClassifiedRow[]
  readonly companies: readonly CompanyRow[]
  readonly groups: GroupsReport
}

export interface EventCounts {
  readonly read: number
  /** Their payload is no native event: left out. */
  readonly unreadable: number
  /** Delivered again: left out. */
  readonly repeats: number
  /** Events that concern other companies under one side than under the other. */
  readonly differing: number
}

/** Events by what became of them. */
export interface OutcomeCounts {
  readonly refresh: number
  readonly coalesced: number
  readonly insignificant: number
}

export interface RefreshCounts {
  readonly leading: number
  readonly trailing: number
  readonly total: number
}

export interface TypeRow extends Sides<OutcomeCounts> {
  readonly type: string
  readonly source: string
}

/** How many events were taken for a type that is not their own. */
export interface ClassifiedRow extends Sides<number> {
  readonly type: string
  readonly reason: string
}

/** Refreshes of one company. */
export interface CompanyRow extends Sides<number> {
  readonly companyId: string
}

export interface GroupsReport {
  /** Companies that either side would have refreshed or changed. */
  readonly compared: number
  readonly differing: number
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Fields whose value before a change that the candidate leaves out is told by nothing: they stand as they are. */
  readonly untold: number
  /** More people were affected than are followed: the groups of the rest are compared as they are stored. */
  readonly isCut: boolean
  readonly first: readonly GroupDifference[]
}

export interface GroupDifference {
  readonly companyId: string
  readonly members: Sides<number>
  readonly added: readonly MemberLine[]
  readonly removed: readonly MemberLine[]
  readonly changed: readonly ChangedMember[]
}

export interface ChangedMember {
  /** Which differ, of `title`, `seniority`, `department`, `role` and `score`. */
  readonly fields: readonly string[]
  readonly before: MemberLine
  readonly after: MemberLine
}

export interface MemberLine {
  readonly personId: string
  readonly role: string
  readonly score: number
  readonly seniority: string
  readonly department: string
  /** Only where names were asked for. */
  readonly name?: string
  readonly title?: string
}
