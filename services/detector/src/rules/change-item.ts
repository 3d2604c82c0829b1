import { sourceIdOf } from '@buyer-group/rules/folding/waiting-change.ts'
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

interface Policy {
  readonly value: CompiledPolicy
  readonly version: string
}

/** The companies at which people stand, by source id; a person who is not there stands at none. */
export type Whereabouts = ReadonlyMap<string, readonly string[]>

/**
 * A person change as the policy reads it. One that names no company concerns every company at which its person stands,
 * and is recorded as the company's own if that is one alone. It concerns nobody if the person is not known.
 */
export function toChangeItem(
  index: number,
  message: ChangeMessage,
  policy: Policy,
  whereabouts: Whereabouts,
): ChangeItem {
  if (message.event.company !== null) return toItem(index, message, [message.change.companyId], policy)
  const companyIds = whereabouts.get(sourceIdOf(message.event)) ?? []
  const [companyId = '', ...others] = companyIds
  const located = { ...message, change: { ...message.change, companyId: others.length === 0 ? companyId : '' } }
  return toItem(index, located, companyIds, policy)
}

function toItem(index: number, message: ChangeMessage, companyIds: readonly string[], policy: Policy): ChangeItem {
  const { source, eventId } = message.change
  const readings = companyIds.map((companyId) => detectSignificantChange(message.event, companyId, policy.value))
  const placements = readings.flatMap((reading) => reading.placements)
  const classification = readings.length === 0 ? NOBODY_KNOWN : readings[0]?.classification
  const item = { index, key: eventIdempotencyKey(source, eventId), message, placements }
  return classification === undefined
    ? item
    : { ...item, classification: { ...classification, policy: policy.version } }
}

/** Whoever is in no group changes none; the next refresh of their company asks the people source about everybody there. */
const NOBODY_KNOWN = { type: 'none', reason: 'person_unknown' }
