import { createHmac, type KeyObject, sign, verify } from 'node:crypto'
import { equalInConstantTime } from './equal-in-constant-time.ts'
import { oneHeader, type Scheme } from './scheme.ts'
import { parseSigningTemplate } from './signing-template.ts'
import { toSigningKey, toVerifyingKey } from './standard-webhooks-keys.ts'
import { explainTimestamp, isFreshTimestamp, toTimestamp } from './timestamp.ts'

const content = parseSigningTemplate('{id}.{timestamp}.{body}')

/** A rotation needs two. More are refused before any is checked: an Ed25519 check costs as much as many requests. */
const MAX_SIGNATURES = 8

/**
 * Standard Webhooks (standardwebhooks.com, specification 1.0.0): `webhook-signature` is a list with spaces of `v1,` and
 * the base64 HMAC-SHA256, or `v1a,` and the base64 Ed25519 signature, of `id.timestamp.body`; other versions are passed
 * over. `webhook-id` stays the same when a delivery is sent again, and is signed. A secret is `whsec_` (v1) or the
 * provider's public key, `whpk_` (v1a); a source may have both kinds at once.
 */
export const standardWebhooksScheme: Scheme = {
  name: 'standard-webhooks',
  help: {
    missing_signature: 'Send the headers webhook-id, webhook-timestamp and webhook-signature.',
    stale_timestamp: explainTimestamp('webhook-timestamp', 's'),
    invalid_signature:
      'webhook-signature must have "v1," and the base64 HMAC-SHA256, or "v1a," and the base64 Ed25519 signature, of webhook-id, webhook-timestamp and the raw body, joined by dots; webhook-id has no dot.',
  },
  toKey: toVerifyingKey,
  verify: ({ method, headers, body }, active, now) => {
    const id = oneHeader(headers['webhook-id'])
    const timestamp = oneHeader(headers['webhook-timestamp'])
    const signature = oneHeader(headers['webhook-signature'])
    if (!id || !timestamp || !signature) return { ok: false, code: 'missing_signature' }
    if (!isFreshTimestamp(timestamp, 's', now)) return { ok: false, code: 'stale_timestamp' }
    const signatures = signature.split(' ')
    // Twice is "a, b": the list is one of spaces, so its second half would count as a signature of its own.
    const isTwice = signature.includes(', ')
    if (isTwice || signatures.length > MAX_SIGNATURES || !content.takesId(id)) {
      return { ok: false, code: 'invalid_signature' }
    }
    const signed = bytesOf(content.render({ id, timestamp, body, method, url: '' }))
    const secrets = active.filter(({ key }) => signatures.some(isSignatureOf(signed, key)))
    return secrets.length > 0 ? { ok: true, secrets, signedId: id } : { ok: false, code: 'invalid_signature' }
  },
  sign: ({ method, url, body, id }, secret, now) => {
    const timestamp = toTimestamp(now, 's')
    const signed = bytesOf(content.render({ id, timestamp, body, method, url: '' }))
    const key = toSigningKey(secret)
    const signature = key.type === 'secret' ? hmacOf(signed, key) : `v1a,${sign(null, signed, key).toString('base64')}`
    return { url, headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } }
  },
}

/** 64 bytes in their one base64 form: the last digit before the padding has two bits. */
const ED25519_SIGNATURE = /^v1a,([A-Za-z0-9+/]{85}[AQgw]==)$/

/** What a key accepts as a signature; an HMAC is computed once for the whole list. */
function isSignatureOf(signed: Buffer, key: KeyObject): (signature: string) => boolean {
  if (key.type === 'secret') {
    const computed = hmacOf(signed, key)
    return (signature) => equalInConstantTime(signature, computed)
  }
  return (signature) => {
    const [, base64] = ED25519_SIGNATURE.exec(signature) ?? []
    return base64 !== undefined && verify(null, signed, key, Buffer.from(base64, 'base64'))
  }
}

function hmacOf(signed: Buffer, key: KeyObject): string {
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

function bytesOf(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}
