import { createHmac } from 'node:crypto'
import { equalInConstantTime } from './equal-in-constant-time.ts'
import { oneHeader, type Scheme, type Secret, TIMESTAMP_TOLERANCE_MS } from './scheme.ts'
import { textKey } from './text-key.ts'

/**
 * The native signature scheme (system.md, "HTTP"): `x-signature` is the lower-case hex HMAC-SHA256 of
 * `${x-timestamp}.${raw body bytes}`, `x-timestamp` is milliseconds since the epoch in decimal digits.
 */
export const nativeScheme: Scheme = {
  name: 'native',
  help: {
    missing_signature: 'Send the headers x-timestamp and x-signature.',
    stale_timestamp: 'x-timestamp must be milliseconds since the epoch, at most 5 minutes from now.',
    invalid_signature: 'x-signature must be the lower-case hex HMAC-SHA256 of x-timestamp, a dot and the raw body.',
  },
  toKey: textKey,
  verify: ({ headers, body }, active, now) => {
    const signature = oneHeader(headers['x-signature'])
    const timestamp = oneHeader(headers['x-timestamp'])
    if (!signature || !timestamp) return { ok: false, code: 'missing_signature' }
    if (!isFresh(timestamp, now)) return { ok: false, code: 'stale_timestamp' }
    const secrets = active.filter(({ key }) => equalInConstantTime(signature, signatureOf(timestamp, body, key)))
    return secrets.length > 0 ? { ok: true, secrets } : { ok: false, code: 'invalid_signature' }
  },
  sign: ({ url, body }, secret, now) => {
    const timestamp = String(now)
    const signature = signatureOf(timestamp, body, textKey(secret))
    return { url, headers: { 'x-timestamp': timestamp, 'x-signature': signature } }
  },
}

/** The native scheme's signature: the lower-case hex HMAC-SHA256 of `${timestamp}.${body}`. */
export function signatureOf(timestamp: string, body: Buffer, key: Secret['key']): string {
  return createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('hex')
}

function isFresh(timestamp: string, now: number): boolean {
  return /^\d{1,15}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= TIMESTAMP_TOLERANCE_MS
}
