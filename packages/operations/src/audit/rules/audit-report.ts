/** The invariants of guarantees.md that can be read off a running system. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5'

/** Everything that the checker can find, with the invariants it breaks and whether something was lost or done twice by it. */
export const VIOLATIONS = {
  event_unrecorded: { invariants: ['I1', 'I4'], effect: 'lost' },
  event_undecided: { invariants: ['I1', 'I4'], effect: 'lost' },
  conflict_unreported: { invariants: ['I1', 'I4'], effect: 'lost' },
  expired_unread: { invariants: ['I1'], effect: 'lost' },
  message_dropped: { invariants: ['I1', 'I4'], effect: 'lost' },
  event_ignored: { invariants: ['I1'], effect: 'lost' },
  event_released_unfolded: { invariants: ['I1'], effect: 'lost' },
  event_uncovered: { invariants: ['I1'], effect: 'lost' },
  event_forgotten: { invariants: ['I1', 'I2'], effect: 'lost' },
  coverage_without_result: { invariants: ['I1'], effect: 'lost' },
  coverage_not_folded: { invariants: ['I1'], effect: 'lost' },
  coverage_too_early: { invariants: ['I1'], effect: 'lost' },
  request_lost: { invariants: ['I1', 'I4'], effect: 'lost' },
  command_unfinished: { invariants: ['I4'], effect: 'lost' },
  refresh_without_result: { invariants: ['I1', 'I4'], effect: 'lost' },
  superseded_by_nothing: { invariants: ['I5'], effect: 'lost' },
  difference_missing: { invariants: ['I5'], effect: 'lost' },
  event_recorded_twice: { invariants: ['I1'], effect: 'twice' },
  event_covered_twice: { invariants: ['I5'], effect: 'twice' },
  claim_inside_window: { invariants: ['I2'], effect: 'twice' },
  sequence_used_twice: { invariants: ['I2', 'I5'], effect: 'twice' },
  command_differs: { invariants: ['I5'], effect: 'twice' },
  result_differs: { invariants: ['I5'], effect: 'twice' },
  output_unreadable: { invariants: ['I5'], effect: 'wrong' },
  group_unpublished: { invariants: ['I4'], effect: 'wrong' },
  current_missing: { invariants: ['I3', 'I5'], effect: 'wrong' },
  current_stale: { invariants: ['I3', 'I5'], effect: 'wrong' },
  current_ahead: { invariants: ['I3', 'I5'], effect: 'wrong' },
  current_differs: { invariants: ['I3', 'I5'], effect: 'wrong' },
} as const satisfies Record<string, { invariants: readonly Invariant[]; effect: 'lost' | 'twice' | 'wrong' }>

export type ViolationKind = keyof typeof VIOLATIONS

export interface ViolationIds {
  /** Idempotency key, `source:id`. */
  readonly event?: string
  readonly company?: string
  readonly command?: string
  readonly request?: string
  readonly refresh?: string
  /** `topic/partition@offset`. */
  readonly message?: string
  /** `topic/partition`. */
  readonly partition?: string
  readonly sequence?: number
}

export interface Violation {
  readonly kind: ViolationKind
  readonly invariants: readonly Invariant[]
  readonly ids: ViolationIds
  /** For people; ids, codes and numbers only. */
  readonly sentence: string
  /** How many messages it stands for, where that is not one. */
  readonly count?: number
}

/** What somebody must look at although no guarantee is broken by it. */
export interface Notice {
  readonly kind: 'group_undeliverable'
  readonly ids: ViolationIds
  /** For people; ids, codes and numbers only. */
  readonly sentence: string
}

/** Why an event is not finished yet. */
export const WAITING_REASONS = ['unconsumed', 'retry', 'window', 'outbox', 'command'] as const

export type WaitingReason = (typeof WAITING_REASONS)[number]

/**
 * Events are counted once each (source, id, body); accepted = insignificant + covered + deadLettered + inFlight + lost,
 * where lost counts events alone.
 */
export interface AuditCounts {
  readonly accepted: number
  /** Messages that carried them, repeats included. */
  readonly deliveries: number
  readonly decided: number
  readonly insignificant: number
  readonly covered: number
  /** Events that stand in a dead-letter topic, or whose command does. */
  readonly deadLettered: number
  readonly inFlight: number
  /** Of those in flight, by what they wait for. */
  readonly waitingBy: Readonly<Record<WaitingReason, number>>
  /** Events that were read and are from before `since` or after `until`: not judged. */
  readonly outOfScope: number
  /** Messages of the consumed topics that no decoder reads; each must be dead-lettered. */
  readonly unreadable: number
  /** All that stands in the dead-letter topics, repeats and replayed ones included. */
  readonly deadLetters: number
  readonly requests: number
  readonly commands: number
  /** The most commands within one window of one company, manual ones that did not open it aside; 1 is right. */
  readonly commandsPerWindow: number
  /** Refreshes with a completed result. */
  readonly refreshes: number
  /** The most different contents that completed results of one refresh have; 1 is right. */
  readonly resultsPerRefresh: number
  readonly companies: number
  /** Events, requests and refreshes that nobody can account for, and messages that expired unread. */
  readonly lost: number
  /** Claims, decisions and refreshes that happened twice. */
  readonly twice: number
}

export interface AuditReport {
  readonly counts: AuditCounts
  /**
   * Everything that still moves: messages not consumed or waiting in retry topics, events that wait for a refresh,
   * windows with something pending or not produced. 0 means that the system is at rest.
   */
  readonly inFlight: number
  readonly violations: readonly Violation[]
  readonly notices: readonly Notice[]
}
