import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSources } from '../sources/sources.ts'
import { nativeScheme } from './native.ts'
import type { Secret } from './scheme.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const { allSecrets } = createSources(
  [{ name: 'test', ownSecrets: ['the-old-secret', 'the-new-secret'], companyIdPrefix: '' }],
  [],
)
const [oldSecret, newSecret] = allSecrets

interface Signed {
  readonly body: Buffer
  readonly timestamp: string | undefined
  readonly signature: string | undefined
}

const verifySignature = ({ body, timestamp, signature }: Signed, secrets: readonly Secret[], now: number) =>
  nativeScheme.verify(
    {
      method: 'POST',
      target: '/',
      headers: { 'x-timestamp': timestamp, 'x-signature': signature },
      body,
    },
    secrets,
    now,
  )

const sign = (body: string | Uint8Array, secret = 'the-new-secret', timestamp = String(NOW)) => ({
  body: Buffer.from(body),
  timestamp,
  signature: createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
})

describe('the native signature scheme', () => {
  test('matches a vector that openssl computed', () => {
    // printf '%s.%s' 1700000000000 '{"id":"evt_1"}' | openssl dgst -sha256 -hmac the-new-secret
    const vector = {
      body: Buffer.from('{"id":"evt_1"}'),
      timestamp: '1700000000000',
      signature: '7437b5eebdc0c6d4727327b55b6b7d2e7705e005290d59ea602a49cba14ed133',
    }
    expect(verifySignature(vector, allSecrets, 1_700_000_000_000)).toEqual({ ok: true, secrets: [newSecret] })
  })

  test('tells which of the active secrets signed', () => {
    expect(verifySignature(sign('{}', 'the-old-secret'), allSecrets, NOW)).toEqual({ ok: true, secrets: [oldSecret] })
    expect(verifySignature(sign('{}', 'the-new-secret'), allSecrets, NOW)).toEqual({ ok: true, secrets: [newSecret] })
  })

  test('covers raw bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(verifySignature(sign(bytes), allSecrets, NOW).ok).toBe(true)
      }),
    )
  })

  test('refuses when any bit of the body, the timestamp or the signature differs', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (bytes, at, bit) => {
          const request = sign(bytes)
          const body = Buffer.from(bytes)
          body.writeUInt8(body.readUInt8(at % body.length) ^ (1 << bit), at % body.length)
          const wrong = { ok: false, code: 'invalid_signature' }
          expect(verifySignature({ ...request, body }, allSecrets, NOW)).toEqual(wrong)
          expect(verifySignature({ ...request, timestamp: String(NOW + 1) }, allSecrets, NOW)).toEqual(wrong)
          const digest = Buffer.from(request.signature, 'hex')
          digest.writeUInt8(digest.readUInt8(at % 32) ^ (1 << bit), at % 32)
          expect(verifySignature({ ...request, signature: digest.toString('hex') }, allSecrets, NOW)).toEqual(wrong)
        },
      ),
    )
  })

  test('never throws on any text in the headers', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (signature, timestamp) => {
        const result = verifySignature({ body: Buffer.from('{}'), signature, timestamp }, allSecrets, NOW)
        expect(result.ok).toBe(false)
      }),
    )
  })

  test.each([undefined, ''])('is missing where either header is %j', (nothing) => {
    const missing = { ok: false, code: 'missing_signature' }
    expect(verifySignature({ ...sign('{}'), signature: nothing }, allSecrets, NOW)).toEqual(missing)
    expect(verifySignature({ ...sign('{}'), timestamp: nothing }, allSecrets, NOW)).toEqual(missing)
  })

  test('takes a timestamp up to 5 minutes off in either direction and refuses one beyond', () => {
    const at = (offset: number) => verifySignature(sign('{}', 'the-new-secret', String(NOW + offset)), allSecrets, NOW)
    expect(at(-300_000).ok).toBe(true)
    expect(at(300_000).ok).toBe(true)
    expect(at(-300_001)).toEqual({ ok: false, code: 'stale_timestamp' })
    expect(at(300_001)).toEqual({ ok: false, code: 'stale_timestamp' })
  })

  test.each([
    'now',
    `${NOW}.0`,
    `+${NOW}`,
    `-${NOW}`,
    `0x${NOW.toString(16)}`,
    '1.7e12',
    'NaN',
    'Infinity',
    ` ${NOW}`,
    `${NOW}, ${NOW}`,
    '١٢٣',
    String(Math.trunc(NOW / 1_000)),
  ])('refuses the timestamp %j as stale', (timestamp) => {
    expect(verifySignature(sign('{}', 'the-new-secret', timestamp), allSecrets, NOW)).toEqual({
      ok: false,
      code: 'stale_timestamp',
    })
  })

  test.each([
    (hex: string) => hex.toUpperCase(),
    (hex: string) => `sha256=${hex}`,
    (hex: string) => `${hex}, ${hex}`,
    (hex: string) => hex.slice(0, 62),
    (hex: string) => `${hex}00`,
    () => 'zz'.repeat(32),
  ])('refuses a signature in another form', (change) => {
    const request = sign('{}')
    expect(verifySignature({ ...request, signature: change(request.signature) }, allSecrets, NOW)).toEqual({
      ok: false,
      code: 'invalid_signature',
    })
  })

  test('says stale before it looks at the signature', () => {
    const stale = { ...sign('{}'), timestamp: String(NOW - 600_000), signature: 'nonsense' }
    expect(verifySignature(stale, allSecrets, NOW)).toEqual({ ok: false, code: 'stale_timestamp' })
  })
})
