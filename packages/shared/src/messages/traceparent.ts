import { randomFillSync } from 'node:crypto'
import type { IncomingMessage } from '../kafka/incoming.ts'

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text)
}

/** Of both ids, a span's after its trace's. */
const ID_BYTES = 16 + 8

/** Drawn for many at once, since a call costs far more than what it draws. */
const randomBytes = Buffer.alloc(ID_BYTES * 256)
let drawn = randomBytes.length

/** A new one, not sampled. */
export function makeTraceparent(): string {
  if (drawn === randomBytes.length) {
    randomFillSync(randomBytes)
    drawn = 0
  }
  const ids = randomBytes.toString('hex', drawn, drawn + ID_BYTES)
  drawn += ID_BYTES
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-00`
}

/** The W3C trace context of a message; undefined where it has none, or one that is malformed. */
export function traceparentOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const header = headers.traceparent
  const text = (Array.isArray(header) ? header[0] : header)?.toString()
  return text !== undefined && isTraceparent(text) ? text : undefined
}
