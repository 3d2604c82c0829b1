import type { CompiledPolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { detectSignificantChange } from '@buyer-group/rules/significance/detect-significant-change.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { Placement } from '@buyer-group/shared/messages/placements.ts'
import type { EventClassification } from '@buyer-group/shared/mongo/collections.ts'
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
  /** What counts instead of the event's own type, where the policy does not go by that. */
  readonly classification?: EventClassification | undefined
}

/** A person change as the policy reads it. */
export function toChangeItem(
  index: number,
  message: ChangeMessage,
  policy: { readonly value: CompiledPolicy; readonly version: string },
): ChangeItem {
  const { source, eventId, companyId } = message.change
  const { placements, classification } = detectSignificantChange(message.event, companyId, policy.value)
  const item = { index, key: eventIdempotencyKey(source, eventId), message, placements }
  return classification === undefined
    ? item
    : { ...item, classification: { ...classification, policy: policy.version } }
}
