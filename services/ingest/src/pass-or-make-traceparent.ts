import { randomUUID } from 'node:crypto'
import { isTraceparent } from '@buyer-group/shared/messages/traceparent.ts'

/**
 * Passes a valid W3C `traceparent` on; makes a new one, not sampled, of anything else. Its trace has no other span yet,
 * so the digits of one UUID serve both ids. Node draws UUIDs from a pool, unlike `randomBytes`, which costs a call each.
 */
export function passOrMakeTraceparent(header: string | undefined): string {
  if (header !== undefined && isTraceparent(header)) return header
  const traceId = randomUUID().replaceAll('-', '')
  return `00-${traceId}-${traceId.slice(16)}-00`
}
