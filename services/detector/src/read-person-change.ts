import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { findPayloadProblem } from '@buyer-group/shared/messages/find-payload-problem.ts'
import { isStorableTime } from '@buyer-group/shared/messages/is-storable-time.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import { type ReportedEvent, reportedEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import type { ChangeMessage } from './rules/detector-message.ts'

const SHA256_HEX = /^[0-9a-f]{64}$/

/**
 * Checks a decoded PersonChange as a stranger's: ingest writes only good ones, but whatever can write to the topic can
 * write anything. The payload must be a native event, one that MongoDB can hold, and name the same event, person,
 * company and instant as the record. The record's company id may have its source's prefix before the payload's, and is empty
 * where the event names no company.
 * @throws AppError `invalid_message` (permanent); its words name fields and hold nothing of the payload.
 */
export function readPersonChange(change: PersonChange): ChangeMessage {
  const payload = parseObject(change.payload)
  const problem = findPayloadProblem(payload)
  if (problem !== undefined) throw invalid(`payload ${problem}`)
  const parsed = reportedEventSchema.safeParse(payload)
  if (!parsed.success) throw invalid(`payload.${parsed.error.issues[0]?.path.join('.') ?? ''} is not valid`)
  const event = parsed.data

  const agree: Readonly<Record<string, boolean>> = {
    eventId: change.eventId === event.id,
    source: change.source === event.source,
    type: change.type === event.type,
    personId: change.personId === event.person.id,
    companyId: isCompanyOf(event, change.companyId),
    timestamp: change.timestamp === Date.parse(event.timestamp),
  }
  const field = Object.keys(agree).find((name) => !agree[name])
  if (field !== undefined) throw invalid(`${field} does not agree with the payload`)
  if (!isStorableTime(change.timestamp)) throw invalid('timestamp is no time')
  if (!isStorableTime(change.receivedAt)) throw invalid('receivedAt is no time')
  if (!SHA256_HEX.test(change.bodySha256)) throw invalid('bodySha256 is no lower-case hex SHA-256')
  return { kind: 'change', change, event, payload }
}

function isCompanyOf({ company }: ReportedEvent, companyId: string): boolean {
  return company === null ? companyId === '' : companyId.endsWith(company.id) && !companyId.includes('\0')
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw invalid('payload is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('payload is no JSON object')
  return value as Record<string, unknown>
}

function invalid(what: string): AppError {
  return new AppError(`the message is no valid person change: ${what}`, { code: 'invalid_message', fate: 'permanent' })
}
