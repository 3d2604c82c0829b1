import { findPayloadProblem } from '@buyer-group/shared/messages/find-payload-problem.ts'
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
  if (isReadable && isTooFarAhead(value, now)) {
    issues.push({ path: ['timestamp'], code: 'custom', message: 'must not be more than 24 hours ahead' })
  }
  return parsed.success && issues.length === 0 ? { ok: true, event: parsed.data } : { ok: false, issues }
}

/** The source that a parsed body names, valid or not. */
export function namedSource(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'source')) return undefined
  const { source } = value as { source: unknown }
  return typeof source === 'string' ? source : undefined
}

function isTooFarAhead(value: unknown, now: number): boolean {
  const timestamp = (value as { timestamp?: unknown } | null | undefined)?.timestamp
  return typeof timestamp === 'string' && Date.parse(timestamp) > now + MAX_FUTURE_MS
}
