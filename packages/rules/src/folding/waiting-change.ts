import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { PersonSighting, PositionChange } from './person-sighting.ts'

/** A recorded event that a company's next refresh must fold. */
export interface WaitingChange {
  /** `source:id` of the event. */
  readonly idempotencyKey: string
  /** The event's company as ingest named it. */
  readonly companyId: string
  readonly occurredAt: Date
  readonly receivedAt: Date
  readonly event: NativeEvent
}

/** `source:id` of the person an event is about. */
export function sourceIdOf({ source, person }: NativeEvent): string {
  return eventIdempotencyKey(source, person.id)
}

/** What the change says about its person. */
export function toSighting({ event, occurredAt, idempotencyKey }: WaitingChange): PersonSighting {
  return {
    sourceId: sourceIdOf(event),
    name: event.person.name,
    email: event.person.email ?? null,
    changedAt: occurredAt,
    changedBy: idempotencyKey,
  }
}

/** What the change says about its person's place at one company; nothing where it speaks of others. */
export function toPositionChanges(change: WaitingChange, companyId: string, personId: string): PositionChange[] {
  return placementsOf(change.event, change.companyId)
    .filter((placement) => placement.companyId === companyId)
    .map(({ active, title, department }) => ({
      companyId,
      personId,
      active,
      title,
      department,
      changedAt: change.occurredAt,
      changedBy: change.idempotencyKey,
    }))
}
