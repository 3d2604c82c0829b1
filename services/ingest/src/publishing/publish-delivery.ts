import type { FindRecorded } from './find-recorded.ts'
import { compareBody, type KnownEvents } from './known-events.ts'
import type { EventToPublish, PublishOutcome } from './publish-event.ts'

/**
 * What became of all events of one delivery:
 * - `accepted`: the broker has them all, so many of which are new and so many it had before;
 * - `repeated`: it had all of them before; also of a delivery without events;
 * - `conflict`: the id of one was seen with another body, and none was published;
 * - `unavailable`: not all are published, or nobody knows; the provider must send the whole again.
 */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly accepted: number; readonly repeated: number }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unavailable'; readonly code: string }

export type PublishDelivery = (events: readonly EventToPublish[]) => Promise<DeliveryOutcome>

export interface PublishDeliveryOptions {
  publishEvent(event: EventToPublish): Promise<PublishOutcome>
  readonly known: Pick<KnownEvents, 'judge'>
  readonly findRecorded: FindRecorded
}

/**
 * Publishes the events of a delivery, all or none as far as its sender can tell: conflicts are looked for in all of them
 * before any is published, and what failed in part is `unavailable` as a whole. What got through then is a repeat when
 * the whole comes again (docs/decisions/0010).
 */
export function createPublishDelivery({ publishEvent, known, findRecorded }: PublishDeliveryOptions): PublishDelivery {
  const hasConflict = async (events: readonly EventToPublish[]): Promise<boolean> => {
    const bodies = new Map(events.map(({ idempotencyKey, bodySha256 }) => [idempotencyKey, bodySha256]))
    if (events.some((event) => bodies.get(event.idempotencyKey) !== event.bodySha256)) return true
    const judged = events.map((event) => known.judge(event))
    if (judged.includes('conflict')) return true
    const unknown = events.filter((_, index) => judged[index] === undefined)
    if (unknown.length === 0) return false
    const recorded = await findRecorded(unknown.map(({ idempotencyKey }) => idempotencyKey))
    return unknown.some((event) => {
      const recordedSha256 = recorded.get(event.idempotencyKey)
      return recordedSha256 !== undefined && compareBody(recordedSha256, event) === 'conflict'
    })
  }

  return async (events) => {
    const [only] = events
    if (events.length === 1 && only !== undefined) return toDelivery(await publishEvent(only))
    if (await hasConflict(events)) return { kind: 'conflict' }
    const outcomes = await Promise.all(events.map(publishEvent))
    const failed = outcomes.find(({ kind }) => kind === 'unavailable' || kind === 'conflict')
    if (failed !== undefined) return toDelivery(failed)
    const accepted = outcomes.filter(({ kind }) => kind === 'accepted').length
    return accepted === 0 ? { kind: 'repeated' } : { kind: 'accepted', accepted, repeated: outcomes.length - accepted }
  }
}

const ONE_ACCEPTED: DeliveryOutcome = { kind: 'accepted', accepted: 1, repeated: 0 }

const toDelivery = (outcome: PublishOutcome): DeliveryOutcome => (outcome.kind === 'accepted' ? ONE_ACCEPTED : outcome)
