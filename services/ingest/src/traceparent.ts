import { randomUUID } from 'node:crypto'

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** Passes a valid `traceparent` on; makes a new one, not sampled, of anything else. */
export function traceparentOf(header: string | undefined): string {
  if (header !== undefined && TRACEPARENT.test(header)) return header
  return `00-${randomHex()}-${randomHex().slice(16)}-00`
}

/** 32 hex digits, nearly all of them random. Node draws UUIDs from a pool, unlike `randomBytes`, which costs a call each. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}
