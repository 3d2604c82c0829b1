import type { PersonChange, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'

/** A person change, checked: its payload is a native event that agrees with the record around it. */
export interface ChangeMessage {
  readonly kind: 'change'
  readonly change: PersonChange
  readonly event: ReportedEvent
  /** The payload as it was parsed, every field in its place: what is stored. */
  readonly payload: Record<string, unknown>
}

/** Someone asks for a refresh by hand. */
export interface RequestMessage {
  readonly kind: 'request'
  readonly request: RefreshRequest
}

/** What the detector consumes. */
export type DetectorMessage = ChangeMessage | RequestMessage
