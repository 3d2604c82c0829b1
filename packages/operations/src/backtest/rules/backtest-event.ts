import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import type { EventDecision } from '@buyer-group/shared/mongo/collections.ts'

/** An event as ingest took it, from whatever keeps it. */
export interface BacktestEvent {
  /** `source:id`. */
  readonly key: string
  /** The event's company as ingest named it. */
  readonly companyId: string
  /** When ingest took it, in milliseconds since the epoch. */
  readonly receivedAt: number
  readonly occurredAt: Date
  readonly event: ReportedEvent
  /** What the detector decided when it happened; null where that is not known. */
  readonly recorded: EventDecision['outcome'] | null
}

/** @returns undefined where the payload is no native event, or one of a company that is not the record's. */
export function toBacktestEvent(record: Omit<BacktestEvent, 'event'>, payload: unknown): BacktestEvent | undefined {
  const parsed = reportedEventSchema.safeParse(payload)
  if (!parsed.success) return undefined
  const { company } = parsed.data
  if (company !== null && !record.companyId.endsWith(company.id)) return undefined
  return { ...record, event: parsed.data }
}
