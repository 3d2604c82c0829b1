import type { RefreshReason } from '@buyer-group/shared/messages/messages.ts'
import type { EventDecision, RefreshStatus } from '@buyer-group/shared/mongo/collections.ts'

/**
 * What the checker looks at: plain data, collected from Kafka and MongoDB (collect-facts.ts) or from a simulation.
 *
 * On a system that moves, the order of reading makes the picture fair: committed offsets first, then recorded events,
 * then windows, then the topics, groups before current states. What a service does before it commits can then be
 * missing nowhere, and what moved meanwhile stands at a later place, not at none.
 * All times are milliseconds since the epoch.
 */
export interface AuditFacts {
  /** How long a claim holds back the next one of its company (`REFRESH_WINDOW`). */
  readonly windowMs: number
  /** Only events that ingest took from this time on are judged; null for all that the topic holds. */
  readonly since: number | null
  /** Only events that ingest took before this time are judged; null for no end. */
  readonly until: number | null
  /** Results from before this time are not at hand (not read, or no longer kept); null where all are. */
  readonly resultsSince: number | null
  /** Types that must refresh a group; null leaves unchecked whether an event was rightly decided as insignificant. */
  readonly significantTypes: ReadonlySet<string> | null
  /** How far the clocks of the services may lie apart. */
  readonly clockToleranceMs: number
  /** The next offset that the services would read, by `topic/partition`; a partition that is not here has none committed. */
  readonly committed: ReadonlyMap<string, number>
  /** The first offset that the broker still keeps, by `topic/partition`; a partition that is not here keeps all. */
  readonly firstKept?: ReadonlyMap<string, number> | undefined
  /** Every message of the person-changes topic that could be read, repeats included. */
  readonly accepted: readonly AcceptedMessage[]
  readonly requests: readonly RequestMessage[]
  /** Every message of the command topics, repeats included. */
  readonly commands: readonly CommandMessage[]
  /** Messages of these topics that no decoder reads. */
  readonly unreadable: readonly Place[]
  /** Messages of the topics for other teams (results, current state) that no decoder reads. */
  readonly unreadableOutput: readonly Place[]
  readonly deadLetters: readonly DeadLetter[]
  /** Messages of the retry topics that their consumer has not finished. */
  readonly retries: readonly RetryMessage[]
  readonly records: readonly EventRecord[]
  readonly logs: readonly LogFact[]
  readonly windows: readonly WindowFact[]
  /** Every message of the results topic, repeats included. */
  readonly results: readonly ResultMessage[]
  readonly groups: readonly GroupFact[]
  /** The last message of each key in the current-state topic, without tombstones. */
  readonly current: readonly CurrentFact[]
}

/** Where a message stands; `topic` with the deployment's prefix. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface AcceptedMessage {
  /** `source:id`. */
  readonly key: string
  readonly bodySha256: string
  readonly type: string
  readonly receivedAt: number
  readonly companyId: string
  /** Every company where the event places its person: those to refresh if it is significant. */
  readonly companies: readonly string[]
  readonly place: Place
}

export interface RequestMessage {
  readonly requestId: string
  readonly companyId: string
  readonly place: Place
}

export interface CommandMessage {
  readonly commandId: string
  readonly companyId: string
  readonly sequence: number
  readonly reason: RefreshReason
  /** The database's time of the claim. */
  readonly requestedAt: number
  /** A digest of the whole command. */
  readonly content: string
  readonly place: Place
}

export interface DeadLetter {
  /** The original message; null where the headers do not name one. */
  readonly origin: Place | null
  readonly code: string
}

export interface RetryMessage {
  /** The original message; null where the headers do not name one. */
  readonly origin: Place | null
  readonly place: Place
}

/** A document of `webhook_events`. */
export interface EventRecord {
  readonly key: string
  readonly bodySha256: string
  readonly receivedAt: number
  readonly processed: boolean
  readonly outcome: EventDecision['outcome'] | null
  /** The type that counted instead of the event's own, where the significance policy did not go by that. */
  readonly classifiedAs?: string | undefined
  readonly commandIds: readonly string[]
  readonly waitingFor: readonly string[]
  readonly coveredBy: readonly Coverage[]
  /** The code of its `error`: of a decided event, why a refresh could not fold it. */
  readonly error?: string | undefined
}

export interface Coverage {
  readonly companyId: string
  readonly commandId: string
  readonly refreshId: string
  readonly sequence: number
  readonly at: number
}

/** A document of `buyer_group_refresh_logs`. */
export interface LogFact {
  readonly commandId: string
  readonly status: RefreshStatus
}

/** A document of `refresh_windows`. */
export interface WindowFact {
  readonly companyId: string
  readonly hasPending: boolean
  /** The id of the command that is not yet known to be produced. */
  readonly outbox: string | null
}

export interface ResultMessage {
  readonly refreshId: string
  readonly commandId: string
  readonly companyId: string
  readonly sequence: number
  readonly previousSequence: number | null
  readonly outcome: 'completed' | 'failed'
  readonly completedAt: number
  /** A digest of the whole result. */
  readonly content: string
}

/** A document of `buyer_groups`. */
export interface GroupFact {
  readonly companyId: string
  readonly sequence: number
  readonly refreshId: string
  readonly commandId: string
  readonly isPublished: boolean
  /** Idempotency keys. */
  readonly foldedIds: readonly string[]
  /** A digest of the members, made as that of `CurrentFact`. */
  readonly members: string
}

export interface CurrentFact {
  readonly companyId: string
  readonly sequence: number
  readonly refreshId: string
  readonly members: string
}
