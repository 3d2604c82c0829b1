import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'

export interface EventOptions {
  readonly id: string
  /** When it happened, in days from the start of 2026. */
  readonly day: number
  readonly person?: Partial<NativeEvent['person']>
  readonly changes?: NativeEvent['changes']
  readonly companyId?: string
  readonly waitingFor?: string[]
  readonly processed?: boolean
}

export const dayOf = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * 24 * 60 * 60 * 1_000)

/** A recorded event as the detector leaves it, waiting for its company. */
export function waitingEvent(options: EventOptions): WebhookEventDoc {
  const { id, day, person, changes, companyId = 'acme', processed = true } = options
  const occurredAt = dayOf(day)
  const payload: NativeEvent = {
    id,
    source: 'test',
    type: 'person.role_change',
    timestamp: occurredAt.toISOString(),
    person: { id: 'p1', name: 'Pat Doe', newTitle: 'CFO', ...person },
    company: { id: companyId, name: 'Acme Inc' },
    changes: changes ?? {},
  }
  return {
    idempotencyKey: `test:${id}`,
    source: 'test',
    eventType: payload.type,
    payload,
    bodySha256: '0'.repeat(64),
    companyId,
    occurredAt,
    receivedAt: occurredAt,
    processed,
    waitingFor: options.waitingFor ?? [companyId],
  }
}
