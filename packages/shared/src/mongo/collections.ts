import type { Collection, Db } from 'mongodb'
import type { Member, MemberChange, RefreshCommand, RefreshReason } from '../messages/messages.ts'

/** What the detector made of an event. */
export interface EventDecision {
  /** `refresh`: claimed a window; `coalesced`: an open window's trailing refresh covers it; `insignificant`: no refresh. */
  readonly outcome: 'refresh' | 'coalesced' | 'insignificant'
  /** Ids of the commands that this event's claim led to; empty unless `refresh`. */
  readonly commandIds: readonly string[]
}

/** What counted instead of an event's own type, set once with its record. */
export interface EventClassification {
  /** An event type, or `none` where nothing that a buyer group shows has changed. */
  readonly type: string
  /** Why, as a stable word. */
  readonly reason: string
  /** The version of the significance policy that asked for it. */
  readonly policy: string
}

/** Which refresh folded an event in, a company at a time. */
export interface EventCoverage {
  readonly companyId: string
  readonly commandId: string
  readonly refreshId: string
  readonly sequence: number
  readonly at: Date
}

export interface WebhookEventDoc {
  /** `source:id`. */
  idempotencyKey: string
  source: string
  eventType: string
  /** The native event, parsed. */
  payload: Record<string, unknown>
  bodySha256: string
  companyId: string
  occurredAt: Date
  receivedAt: Date
  processed: boolean
  processedAt?: Date
  decision?: EventDecision
  /** Only where the significance policy did not go by the event's own type. */
  classification?: EventClassification
  /** Companies whose next refresh must fold this event. */
  waitingFor: string[]
  coveredBy?: EventCoverage[]
  error?: { code: string; message: string }
  expiresAt?: Date
}

export type RefreshStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'superseded'

export interface RefreshLogDoc {
  commandId: string
  companyId: string
  workspaceId: string
  reason: RefreshReason
  triggeredBy: string[]
  status: RefreshStatus
  sequence: number
  startedAt: Date
  completedAt?: Date
  changes?: { added: number; removed: number; changed: number }
  /** Where superseded: the sequence that covered it. */
  supersededBy?: number
  error?: { code: string; message: string }
  expiresAt?: Date
}

export interface PipelineStepRecord {
  name: string
  status: 'completed' | 'failed' | 'memoised' | 'skipped' | 'cancelled'
  startedAt: Date
  /** Milliseconds. */
  duration: number
  /** Missing where it was recorded before steps were tried again. */
  attempts?: number
  error?: { code: string; message: string }
}

export interface PipelineOperationDoc {
  idempotencyKey: string
  pipelineName: string
  pipelineVersion: string
  input: unknown
  /** The input's JSON text, where `input` does not give it back exactly. */
  inputText?: string
  output?: unknown
  /** The output's JSON text, where `output` does not give it back exactly. */
  outputText?: string
  /** `running`, `failed`, or how it ended for good: `completed`, `superseded`, or what its workflow calls it. */
  status: string
  steps: PipelineStepRecord[]
  /** How many more steps the run had than are kept; missing where all are. */
  stepsOmitted?: number
  createdAt: Date
  completedAt?: Date
  /** The token of the worker that ended it. */
  endedBy?: string
  /** Milliseconds. */
  duration?: number
  error?: { code: string; message: string }
  expiresAt?: Date
}

/** Who executes one node of a run, and what came of it. */
export interface PipelineStepResultDoc {
  /** The operation's idempotencyKey. */
  run: string
  /** The workflow's; empty of a step that must not be repeated, for which one execution counts for all versions. */
  version: string
  /** The node's name. */
  node: string
  /** The step's own: another input is another document. */
  idempotencyKey: string
  /** The worker that holds or finished it; null where it was given back. */
  token: string | null
  /** By the database's clock. */
  heldUntil: Date
  /** Whether some worker was cut off while it held this, and may have had its effect. */
  interrupted: boolean
  /** JSON text, once finished. */
  output?: string
  /** By the worker's clock: when the one that holds or finished it claimed it. */
  startedAt: Date
  completedAt?: Date
  expiresAt: Date
}

/** Changes that arrived inside an open window and wait for its trailing refresh. */
export interface PendingChanges {
  since: Date
  count: number
  changeTypes: string[]
  /** At most 100. */
  triggeredBy: string[]
}

/** A command as stored until it is known to be produced; times are Dates here. */
export interface OutboxCommand extends Omit<RefreshCommand, 'requestedAt' | 'changeTypes' | 'triggeredBy'> {
  changeTypes: string[]
  triggeredBy: string[]
  requestedAt: Date
}

export interface RefreshWindowDoc {
  companyId: string
  companyName: string | null
  sequence: number
  opensAt: Date
  closesAt: Date
  pending: PendingChanges | null
  outbox: OutboxCommand | null
  /** Which claim opened this window: tells a claimer that it won. */
  claimToken: string
}

/** Which change a field's value comes from: its time by the provider, then its idempotency key where two are of one instant. */
export interface ChangeStamp {
  at: Date
  by: string
}

export interface PersonDoc {
  personId: string
  /** `source:id`, each belonging to one person. */
  sourceIds: string[]
  email?: string
  /** An address this person claims but someone else holds. */
  emailConflict?: string
  /** The change that last named an address, taken or in conflict. Changes without one leave it alone. */
  emailChanged?: ChangeStamp
  name: string
  changedAt: Date
  changedBy: string
}

export interface PositionDoc {
  companyId: string
  personId: string
  title: string
  seniority: string
  department: string
  /** When the change that this position shows happened, by the provider; a change wins only if it is newer. */
  changedAt: Date
  /** The idempotency key of that change; decides between two of one instant. */
  changedBy: string
  active: boolean
  /**
   * The change that last named a title or a department: a leave or a move without one keeps what is known, and an older
   * change that names one must still lose to a newer one, in whatever order they arrive. No `departmentChanged` means
   * that the department was read from the title.
   */
  titleChanged?: ChangeStamp
  departmentChanged?: ChangeStamp
}

export interface BuyerGroupDoc {
  companyId: string
  companyName: string | null
  workspaceId: string
  sequence: number
  previousSequence: number | null
  refreshId: string
  commandId: string
  reason: RefreshReason
  members: Member[]
  added: Member[]
  removed: Member[]
  changed: MemberChange[]
  /** Idempotency keys of the events this refresh folded. */
  foldedIds: string[]
  refreshedAt: Date
  /** When the members were last composed from the directory; a refresh answered from the cache leaves it. */
  composedAt?: Date
  /** The version of the buyer-group profile they were composed by. */
  profileVersion?: string
  /** When result and current state were published; null while they are not known to be. */
  publishedAt: Date | null
}

/** Which dead letters a replay takes: those that meet every condition that is set. */
export interface DeadLetterFilter {
  /** Company ids. */
  companies?: string[]
  /** Codes; `unreadable` is the code of a letter that names none. */
  reasons?: string[]
  /** By the time a letter was put into its dead-letter topic: at or after. */
  since?: Date
  /** Before. */
  until?: Date
}

/** Part of one partition of a dead-letter topic, and how far a replay came in it. */
export interface DeadLetterRange {
  topic: string
  partition: number
  /** The first offset. */
  from: number
  /** The offset after the last one. */
  to: number
  /** The first offset that is not done. */
  next: number
}

export type DeadLetterReplayStatus = 'planned' | 'running' | 'interrupted' | 'completed' | 'cancelled'

export interface CountOf {
  name: string
  count: number
}

/** What a plan found, before anything moved. */
export interface DeadLetterReplayPlan {
  replayable: number
  /** Letters that the filter takes and the replay does not, by why. */
  refused: CountOf[]
  /** By the topic that they go back to. */
  byTopic: CountOf[]
  byReason: CountOf[]
  /** The ten with the most. */
  topCompanies: CountOf[]
  companies: number
  firstAt: Date | null
  lastAt: Date | null
}

export interface DeadLetterReplayDoc {
  replayId: string
  status: DeadLetterReplayStatus
  filter: DeadLetterFilter
  /** Take letters too that an earlier replay has taken. */
  again: boolean
  ranges: DeadLetterRange[]
  /** Topics that letters name and that were not there when the plan was made: those letters stay where they are. */
  missingTopics: string[]
  plan: DeadLetterReplayPlan
  /** Letters published, each acknowledged; after a kill a few may have been published once more. */
  replayed: number
  /** Letters of the filter that were passed over. */
  skipped: number
  /** Offsets of the ranges that Kafka no longer kept when the replay came to them: letters among them are lost to it. */
  expired: number
  /** Who works on it now, by the database's clock; null while nobody does. */
  lease: { holder: string; expiresAt: Date } | null
  createdAt: Date
  startedAt?: Date
  endedAt?: Date
  expiresAt: Date
}

export interface Collections {
  readonly webhookEvents: Collection<WebhookEventDoc>
  readonly refreshLogs: Collection<RefreshLogDoc>
  readonly pipelineOperations: Collection<PipelineOperationDoc>
  readonly pipelineStepResults: Collection<PipelineStepResultDoc>
  readonly refreshWindows: Collection<RefreshWindowDoc>
  readonly people: Collection<PersonDoc>
  readonly positions: Collection<PositionDoc>
  readonly buyerGroups: Collection<BuyerGroupDoc>
  readonly deadLetterReplays: Collection<DeadLetterReplayDoc>
}

/** The collections of the contract (system.md, "MongoDB"), typed. */
export function collectionsOf(db: Db): Collections {
  return {
    webhookEvents: db.collection('webhook_events'),
    refreshLogs: db.collection('buyer_group_refresh_logs'),
    pipelineOperations: db.collection('pipeline_operations'),
    pipelineStepResults: db.collection('pipeline_step_results'),
    refreshWindows: db.collection('refresh_windows'),
    people: db.collection('people'),
    positions: db.collection('positions'),
    buyerGroups: db.collection('buyer_groups'),
    deadLetterReplays: db.collection('dead_letter_replays'),
  }
}
