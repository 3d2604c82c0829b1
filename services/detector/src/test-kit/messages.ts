import { createHash, randomUUID } from 'node:crypto'
import type { Decoded } from '@buyer-group/shared/kafka/consumer-types.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { PersonChange, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { readPersonChange } from '../read-person-change.ts'
import type { DetectorMessage } from '../rules/detector-message.ts'

export function incoming(headers: Record<string, string> = {}): IncomingMessage {
  return { topic: 'in', partition: 0, offset: '0', key: null, value: null, headers, timestamp: 0 }
}

const FIRST_ATTEMPT = { attempt: 1, isLastAttempt: false }

/** The record that ingest would publish for an event. */
export function personChange(event: ReportedEvent, overrides: Partial<PersonChange> = {}): PersonChange {
  const payload = JSON.stringify(event)
  return {
    eventId: event.id,
    source: event.source,
    type: event.type,
    timestamp: Date.parse(event.timestamp),
    receivedAt: Date.parse('2026-01-15T09:30:01.500Z'),
    companyId: event.company?.id ?? '',
    companyName: event.company?.name ?? '',
    personId: event.person.id,
    bodySha256: createHash('sha256').update(payload).digest('hex'),
    payload,
    ...overrides,
  }
}

/** A decoded person change, a promotion at Acme unless told otherwise. */
export function change(overrides: EventOverrides = {}, headers: Record<string, string> = {}): Decoded<DetectorMessage> {
  return { message: incoming(headers), value: readPersonChange(personChange(nativeEvent(overrides))), ...FIRST_ATTEMPT }
}

/** A decoded promotion at a company of that id. */
export const changeAt = (companyId: string, overrides: EventOverrides = {}) =>
  change({ company: { id: companyId }, ...overrides })

/** A decoded change of a person of whom the event names neither name nor company. */
export function thinChange(
  personId: string,
  overrides: Partial<Omit<ReportedEvent, 'person' | 'company'>> & { readonly newTitle?: string } = {},
): Decoded<DetectorMessage> {
  const { newTitle, ...event } = overrides
  const person = newTitle === undefined ? { id: personId } : { id: personId, newTitle }
  const thin = { ...nativeEvent({ type: 'person.company_change', changes: {}, ...event }), person, company: null }
  return { message: incoming(), value: readPersonChange(personChange(thin)), ...FIRST_ATTEMPT }
}

/** A decoded move of a person between two identified companies, as the old one's event. */
export const move = (from: string, to: string, overrides: EventOverrides = {}) =>
  change({
    type: 'person.company_change',
    company: { id: from, name: from },
    changes: { company: { old: { id: from, name: from }, new: { id: to, name: to } } },
    ...overrides,
  })

/** A decoded manual refresh. */
export function request(companyId: string, overrides: Partial<RefreshRequest> = {}): Decoded<DetectorMessage> {
  return {
    ...FIRST_ATTEMPT,
    message: incoming(),
    value: {
      kind: 'request',
      request: {
        requestId: `req_${randomUUID()}`,
        companyId,
        companyName: null,
        requestedBy: 'api',
        requestedAt: Date.parse('2026-01-15T09:30:00Z'),
        ...overrides,
      },
    },
  }
}

/** The id of a decoded event or request. */
export function idOf({ value }: Decoded<DetectorMessage>): string {
  return value.kind === 'change' ? `${value.change.source}:${value.change.eventId}` : value.request.requestId
}

/** The same id with another body. */
export function withOtherBody(original: Decoded<DetectorMessage>): Decoded<DetectorMessage> {
  if (original.value.kind !== 'change') throw new Error('only changes have a body')
  const { event } = original.value
  return {
    ...original,
    value: readPersonChange(personChange({ ...event, person: { ...event.person, name: 'Other' } })),
  }
}

export const never: AbortSignal = new AbortController().signal
