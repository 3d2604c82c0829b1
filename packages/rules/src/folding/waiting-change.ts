import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { PersonSighting, PositionChange } from './person-sighting.ts'

/** A recorded event that a company's next refresh must fold. */
export interface WaitingChange {
  /** `source:id` of the event. */
  readonly idempotencyKey: string
  /**
   * The event's company as ingest named it; of an event that names none, the one that its person was found at, or empty
   * where that was not exactly one.
   */
  readonly companyId: string
  readonly occurredAt: Date
  readonly receivedAt: Date
  readonly event: ReportedEvent
}

/** `source:id` of the person an event is about. */
export function sourceIdOf({ source, person }: ReportedEvent): string {
  return eventIdempotencyKey(source, person.id)
}

/** What the change says about its person. */
export function toSighting({ event, occurredAt, idempotencyKey }: WaitingChange): PersonSighting {
  return {
    sourceId: sourceIdOf(event),
    name: event.person.name ?? null,
    email: event.person.email ?? null,
    changedAt: occurredAt,
    changedBy: idempotencyKey,
  }
}

/**
 * What the change says about its person's place at one company; nothing where it speaks of others. One that names no
 * company may say what the person does there, but not that they are there.
 */
export function toPositionChanges(change: WaitingChange, companyId: string, personId: string): PositionChange[] {
  const isLocated = change.event.company !== null
  return placementsOf(change.event, change.companyId)
    .filter((placement) => placement.companyId === companyId)
    .filter(({ title, department }) => isLocated || title !== null || department !== null)
    .map(({ active, title, department }) => ({
      companyId,
      personId,
      active: isLocated ? active : null,
      title,
      department,
      changedAt: change.occurredAt,
      changedBy: change.idempotencyKey,
    }))
}
