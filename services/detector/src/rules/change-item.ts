import type { Placement } from '@buyer-group/shared/messages/placements.ts'
import type { ChangeMessage } from './detector-message.ts'

/** A person change of a batch, with what the pure rules say of it. */
export interface ChangeItem {
  /** Its place in the batch. */
  readonly index: number
  /** `source:id`. */
  readonly key: string
  readonly message: ChangeMessage
  /** The companies to refresh; empty if the change is not significant. */
  readonly placements: readonly Placement[]
}
