import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from './sources.ts'

/** How far `x-timestamp` may lie from the server's clock, in either direction (the replay window): 5 minutes. */
export const TIMESTAMP_TOLERANCE_MS = 5 * 60 * 1_000

export type SignatureFault = 'missing_signature' | 'stale_timestamp' | 'invalid_signature'

export type SignatureResult =
  | { readonly ok: true; readonly secrets: readonly Secret[] }
  | { readonly ok: false; readonly code: SignatureFault }

export interface SignedRequest {
  /** `x-signature`: lower-case hex HMAC-SHA256 of `${x-timestamp}.${raw body bytes}`. */
  readonly signature: string | undefined
  /** `x-timestamp`: milliseconds since the epoch in decimal digits. */
  readonly timestamp: string | undefined
  /** The raw bytes of the body. */
  readonly body: Buffer
}

/**
 * Verifies the native signature scheme (system.md, "HTTP") and tells which of the active secrets signed.
 * Every secret is tried, whichever matches, and digests are compared in constant time. `now` is in milliseconds.
 * A header that came twice is joined by Node with a comma and so is neither a number nor a signature. Never throws.
 */
export function verifySignature(request: SignedRequest, active: readonly Secret[], now: number): SignatureResult {
  const { signature, timestamp, body } = request
  if (!signature || !timestamp) return { ok: false, code: 'missing_signature' }
  if (!isFresh(timestamp, now)) return { ok: false, code: 'stale_timestamp' }
  if (!HEX_SHA256.test(signature)) return { ok: false, code: 'invalid_signature' }
  const given = Buffer.from(signature, 'hex')
  const secrets = active.filter(({ key }) => timingSafeEqual(signatureOf(timestamp, body, key), given))
  return secrets.length > 0 ? { ok: true, secrets } : { ok: false, code: 'invalid_signature' }
}

/** The native scheme's signature as bytes: HMAC-SHA256 of `${timestamp}.${body}`. */
export function signatureOf(timestamp: string, body: Buffer, key: Secret['key']): Buffer {
  return createHmac('sha256', key).update(`${timestamp}.`).update(body).digest()
}

const HEX_SHA256 = /^[0-9a-f]{64}$/

function isFresh(timestamp: string, now: number): boolean {
  return /^\d{1,15}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= TIMESTAMP_TOLERANCE_MS
}
