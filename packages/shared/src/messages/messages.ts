/**
 * The Kafka messages as TypeScript sees them; `schemas/*.avsc` is their contract and documents every field.
 * All times are milliseconds since the epoch (Avro `timestamp-millis`).
 */

export interface PersonChange {
  readonly eventId: string
  readonly source: string
  readonly type: string
  /** When the change happened, by the provider. */
  readonly timestamp: number
  /** When ingest took it. */
  readonly receivedAt: number
  /** Empty, as the name is, where the event names no company. */
  readonly companyId: string
  readonly companyName: string
  readonly personId: string
  /** Lower-case hex SHA-256 of the signed bytes: tells a repeat from another event under the same id. */
  readonly bodySha256: string
  /** The signed JSON exactly as it came. */
  readonly payload: string
}

export interface RefreshRequest {
  /** Becomes the command's id. */
  readonly requestId: string
  readonly companyId: string
  readonly companyName: string | null
  readonly requestedBy: string
  readonly requestedAt: number
}

export type RefreshReason = 'webhook' | 'manual' | 'scheduled'

export interface RefreshCommand {
  readonly commandId: string
  readonly companyId: string
  readonly companyName: string | null
  readonly workspaceId: string
  readonly reason: RefreshReason
  readonly priority: 'high' | 'normal' | 'low'
  readonly changeTypes: readonly string[]
  /** Person ids (`source:id`) or the caller; at most 100. */
  readonly triggeredBy: readonly string[]
  /** How many there were, also beyond the 100 named. */
  readonly triggeredByCount: number
  readonly sequence: number
  readonly requestedAt: number
}

export interface Member {
  readonly personId: string
  readonly name: string
  readonly email: string | null
  readonly title: string
  readonly seniority: string
  readonly department: string
  readonly role: string
  /** 0 to 100. */
  readonly score: number
  /** Why this role and this score; absent in groups that were stored before there were reasons. */
  readonly reasons?: readonly string[]
}

export interface MemberChange {
  readonly personId: string
  readonly before: Member
  readonly after: Member
}

export interface RefreshError {
  readonly code: string
  readonly message: string
}

export interface RefreshResult {
  readonly refreshId: string
  readonly outcome: 'completed' | 'failed'
  readonly commandId: string
  readonly companyId: string
  readonly sequence: number
  /** The sequence of the group this one replaced; null for a company's first. */
  readonly previousSequence: number | null
  readonly reason: RefreshReason
  readonly members: readonly Member[]
  readonly added: readonly Member[]
  readonly removed: readonly Member[]
  readonly changed: readonly MemberChange[]
  readonly completedAt: number
  readonly error: RefreshError | null
}

export interface BuyerGroup {
  readonly companyId: string
  readonly companyName: string | null
  readonly workspaceId: string
  readonly sequence: number
  readonly previousSequence: number | null
  readonly refreshId: string
  readonly members: readonly Member[]
  readonly refreshedAt: number
}
