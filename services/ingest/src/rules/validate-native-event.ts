import { findPayloadProblem } from '@buyer-group/shared/messages/find-payload-problem.ts'
import { isStorableTime } from '@buyer-group/shared/messages/is-storable-time.ts'
import {
  MAX_FUTURE_MS,
  nativeEventSchema,
  type ReportedEvent,
  reportedEventSchema,
} from '@buyer-group/shared/messages/native-event.ts'
import type { z } from 'zod'
import { type Issue, toIssues } from './to-issues.ts'

export type ValidatedEvent =
  | { readonly ok: true; readonly event: ReportedEvent }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** Checks a parsed body against the native event and names every issue. `now` is in milliseconds. */
export function validateNativeEvent(value: unknown, now: number): ValidatedEvent {
  return validate(nativeEventSchema, value, now)
}

/** The same for an event that a provider's format gave, which may be thin. */
export function validateReportedEvent(value: unknown, now: number): ValidatedEvent {
  return validate(reportedEventSchema, value, now)
}

function validate(schema: z.ZodType<ReportedEvent>, value: unknown, now: number): ValidatedEvent {
  // First, so that no more is looked at of a body that is made to be costly.
  const problem = findPayloadProblem(value)
  if (problem !== undefined) return { ok: false, issues: [{ path: [], code: 'custom', message: problem }] }
  const parsed = schema.safeParse(value)
  const issues = parsed.success ? [] : toIssues(parsed.error)
  const isReadable = !issues.some(({ path }) => path[0] === 'timestamp')
  const timeProblem = isReadable ? findTimeProblem(value, now) : undefined
  if (timeProblem !== undefined) issues.push({ path: ['timestamp'], code: 'custom', message: timeProblem })
  return parsed.success && issues.length === 0 ? { ok: true, event: parsed.data } : { ok: false, issues }
}

/** The source that a parsed body names, valid or not. */
export function namedSource(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'source')) return undefined
  const { source } = value as { source: unknown }
  return typeof source === 'string' ? source : undefined
}

function findTimeProblem(value: unknown, now: number): string | undefined {
  const timestamp = (value as { timestamp?: unknown } | null | undefined)?.timestamp
  if (typeof timestamp !== 'string') return undefined
  const time = Date.parse(timestamp)
  if (time > now + MAX_FUTURE_MS) return 'must not be more than 24 hours ahead'
  // An offset may reach beyond the first year, where the detector would take it for no time.
  return isStorableTime(time) ? undefined : 'must be in the years 0 to 9999, in UTC'
}
