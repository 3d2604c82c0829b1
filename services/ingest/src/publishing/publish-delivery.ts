import type { EventToPublish, PublishOutcome } from './publish-event.ts'

/**
 * What became of all events of one delivery:
 * - `accepted`: the broker has them, with how many of them are new and how many it had before;
 * - `repeated`: it had all of them before; also of a delivery without events;
 * - `conflict`: the id of one was seen with another body;
 * - `unavailable`: not all are published, or nobody knows; the provider must send the whole again.
 */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly accepted: number; readonly repeated: number }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unavailable'; readonly code: string }

/** Publishes the events of a delivery side by side. */
export function createPublishDelivery(
  publishEvent: (event: EventToPublish) => Promise<PublishOutcome>,
): (events: readonly EventToPublish[]) => Promise<DeliveryOutcome> {
  return async (events) => {
    const outcomes = await Promise.all(events.map(publishEvent))
    const conflict = outcomes.find(({ kind }) => kind === 'conflict')
    if (conflict !== undefined) return { kind: 'conflict' }
    const failed = outcomes.find((outcome) => outcome.kind === 'unavailable')
    if (failed !== undefined) return failed
    const accepted = outcomes.filter(({ kind }) => kind === 'accepted').length
    return accepted === 0 ? { kind: 'repeated' } : { kind: 'accepted', accepted, repeated: outcomes.length - accepted }
  }
}
