import { randomUUID } from 'node:crypto'
import { isTraceparent } from '@buyer-group/shared/messages/traceparent.ts'

/** Passes a valid W3C `traceparent` on; makes a new one, not sampled, of anything else. */
export function passOrMakeTraceparent(header: string | undefined): string {
  if (header !== undefined && isTraceparent(header)) return header
  return `00-${randomHex()}-${randomHex().slice(16)}-00`
}

/** 32 hex digits, nearly all of them random. Node draws UUIDs from a pool, unlike `randomBytes`, which costs a call each. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}
