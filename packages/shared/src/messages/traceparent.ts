import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from '../kafka/incoming.ts'

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text)
}

/**
 * A new one, not sampled. Its trace has no other span yet, so the digits of one UUID serve both ids. Node draws UUIDs
 * from a pool, unlike `randomBytes`, which costs a call each.
 */
export function makeTraceparent(): string {
  const traceId = randomUUID().replaceAll('-', '')
  return `00-${traceId}-${traceId.slice(16)}-00`
}

/** The W3C trace context of a message; undefined where it has none, or one that is malformed. */
export function traceparentOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const header = headers.traceparent
  const text = (Array.isArray(header) ? header[0] : header)?.toString()
  return text !== undefined && isTraceparent(text) ? text : undefined
}
