import type {
  OutboxCommand,
  RefreshLogDoc,
  RefreshWindowDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import type { GroupedDecision } from '../rules/decide-outcome.ts'
import type { CompanyChanges } from '../rules/group-by-company.ts'
import type { WindowState } from '../rules/plan-requests.ts'
import type { AgedGroup, ScheduleState } from '../rules/plan-scheduled.ts'
import type { RecordedEvent } from '../rules/sort-out-repeats.ts'
import type { Claim, ConditionalClaim } from '../rules/window-updates.ts'

/**
 * What the detector asks of its database. Every write is durable (w:majority) when its promise resolves, every method
 * costs a constant number of round trips whatever its input's size, and none is called with nothing to do.
 * All throw what the driver throws; the consumer runner waits while the database is away.
 */
export interface DetectorStores {
  readonly events: EventStore
  readonly windows: WindowStore
  readonly logs: RefreshLogStore
  readonly groups: GroupStore
  readonly directory: DirectoryStore
}

/** What became of each document of an insert, by idempotency key. */
export interface InsertOutcome {
  readonly inserted: ReadonlySet<string>
  /** Something is recorded under that key already. */
  readonly present: readonly string[]
  /** The database can never take it; with its error code. */
  readonly refused: ReadonlyMap<string, number>
}

export interface EventStore {
  insert(docs: readonly WebhookEventDoc[]): Promise<InsertOutcome>
  find(keys: readonly string[]): Promise<ReadonlyMap<string, RecordedEvent>>
  /** Leaves events alone that were decided meanwhile. */
  decide(decisions: readonly GroupedDecision[], now: Date): Promise<void>
  /** Notes why an undecided event failed. */
  noteError(key: string, error: { readonly code: string; readonly message: string }): Promise<void>
}

/** A window that a claim won, with its command unless somebody has produced and cleared that already. */
export interface WonWindow {
  readonly companyId: string
  readonly sequence: number
  readonly outbox: OutboxCommand | null
}

export type DueWindow = Pick<RefreshWindowDoc, 'companyId' | 'sequence'>

export interface WindowStore {
  /** Claims each free window, marks the changes pending in the others; returns what was claimed. */
  claimOrMark(changes: readonly CompanyChanges[], claim: Claim): Promise<readonly WonWindow[]>
  /**
   * Claims each window whose sequence is still the one seen, whose outbox is empty, and which is closed now unless the
   * claim's reason is `manual`. All claims carry one token. A window that the database cannot claim fails the call; others
   * may be claimed by then, which the same claims made again return.
   */
  claimIfUnchanged(claims: readonly ConditionalClaim[]): Promise<readonly WonWindow[]>
  read(companyIds: readonly string[]): Promise<ReadonlyMap<string, WindowState>>
  /** What a scheduled refresh must know of each window there is; `claimedLately` means less than `maxAgeMs` ago. */
  readSchedule(companyIds: readonly string[], maxAgeMs: number): Promise<ReadonlyMap<string, ScheduleState>>
  /** Closed windows with pending changes and no command waiting, the longest closed first. */
  findDue(limit: number): Promise<readonly DueWindow[]>
  /** Commands that wait to be produced for longer than `olderThanMs`, the oldest first. */
  findStaleOutboxes(olderThanMs: number, limit: number): Promise<readonly OutboxCommand[]>
  /** Forgets commands that were produced. */
  clearOutboxes(commands: readonly OutboxCommand[]): Promise<void>
}

export interface RefreshLogStore {
  /** Leaves a log alone that exists. */
  insert(logs: readonly RefreshLogDoc[]): Promise<void>
  /** The companies of the commands that have a log, by command id. */
  findCompanies(commandIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Those of the commands whose refresh failed. */
  findFailed(commandIds: readonly string[]): Promise<ReadonlySet<string>>
}

/** The local directory, which the refresher writes and the detector only reads. */
export interface DirectoryStore {
  /** The companies at which each of these people stands now, by source id (`source:id`); nobody who stands at none. */
  findCompanies(sourceIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** The buyer groups, which the refresher writes and the detector only reads. */
export interface GroupStore {
  /**
   * Groups whose `refreshedAt` is `maxAgeMs` or more ago by the database's clock, whatever their members, by
   * `refreshedAt` and then company id: those behind `after`, or from the oldest where it is null.
   */
  findAged(maxAgeMs: number, after: AgedGroup | null, limit: number): Promise<readonly AgedGroup[]>
}
