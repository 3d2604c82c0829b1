import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createScheme, type SchemeConfig, schemeConfigSchema } from './create-scheme.ts'
import type { Secret, SignedDelivery, SignedRequest } from './scheme.ts'

// Whole seconds, so that a scheme that rounds to seconds signs this very instant.
const NOW = Date.UTC(2026, 0, 15, 12)
const URL_OF_SOURCE = new URL('https://hooks.example.com/api/webhooks/source')

/** What tells the schemes apart as far as the contract goes. */
interface Case {
  readonly config: z.input<typeof schemeConfigSchema>
  readonly isTimed: boolean
  /** False where a secret is sent as it is. */
  readonly coversBody: boolean
  readonly signsId: boolean
  /** Three secrets: the text that signs, and the one that verifies where it is another. */
  readonly secrets: readonly (string | readonly [signs: string, verifies: string])[]
}

const TEXTS = ['the-old-secret-of-provider', 'the-new-secret-of-provider', 'the-secret-of-nobody-here']
const whsec = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`

const signed = { isTimed: true, coversBody: true, signsId: false, secrets: TEXTS }
const untimed = { ...signed, isTimed: false }
const bearer = { ...untimed, coversBody: false }
const standard = { ...signed, signsId: true }
const url = { publicUrl: 'https://hooks.example.com' }

// A scheme that is missing here does not compile.
const CASES: Readonly<Record<SchemeConfig['type'], Readonly<Record<string, Case>>>> = {
  native: { native: { ...signed, config: { type: 'native' } } },
  'standard-webhooks': {
    'standard-webhooks, HMAC': { ...standard, config: { type: 'standard-webhooks' }, secrets: TEXTS.map(whsec) },
    'standard-webhooks, Ed25519': {
      ...standard,
      config: { type: 'standard-webhooks' },
      secrets: [ed25519Pair(), ed25519Pair(), ed25519Pair()],
    },
    'standard-webhooks, both kinds': {
      ...standard,
      config: { type: 'standard-webhooks' },
      secrets: [whsec(TEXTS[0] ?? ''), ed25519Pair(), ed25519Pair()],
    },
  },
  lusha: { lusha: { ...signed, config: { type: 'lusha' } } },
  hubspot: { hubspot: { ...signed, config: { type: 'hubspot', ...url } } },
  linkedin: { linkedin: { ...untimed, config: { type: 'linkedin' } } },
  github: { github: { ...untimed, config: { type: 'github' } } },
  stripe: { stripe: { ...signed, config: { type: 'stripe' } } },
  hmac: {
    'hmac over the body': { ...untimed, config: { type: 'hmac', header: 'X-Signature' } },
    'hmac over everything': {
      ...standard,
      config: {
        type: 'hmac',
        header: 'X-Signature',
        algorithm: 'sha512',
        encoding: 'base64url',
        prefix: 'v2=',
        template: '{method} {url} {id}/{timestamp}/{body}',
        timestampHeader: 'X-Time',
        timestampUnit: 'ms',
        idHeader: 'X-Id',
        ...url,
      },
    },
  },
  'header-secret': { 'header-secret': { ...bearer, config: { type: 'header-secret', header: 'X-Api-Key' } } },
  'path-secret': { 'path-secret': { ...bearer, config: { type: 'path-secret' } } },
}

function ed25519Pair(): [string, string] {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  const base64 = (part: string) => Buffer.from(part, 'base64url').toString('base64')
  return [`whsk_${base64(d)}`, `whpk_${base64(x)}`]
}

describe.each(Object.values(CASES).flatMap((cases) => Object.entries(cases)))('the scheme %s', (_, one) => {
  const scheme = createScheme(schemeConfigSchema.parse(one.config))
  const [older, newer, nobodys] = one.secrets.map((secret) => {
    const [signs, verifies] = typeof secret === 'string' ? [secret, secret] : secret
    return { signs, secret: { key: scheme.toKey(verifies) } satisfies Secret }
  })
  if (older === undefined || newer === undefined || nobodys === undefined) throw new Error('three secrets')
  const active = [older.secret, newer.secret]

  const deliver = (body: Uint8Array, secret = newer.signs, at = NOW): SignedRequest => {
    const request = { method: 'POST', url: URL_OF_SOURCE, body: Buffer.from(body), id: 'msg_1' }
    return toRequest(request.body, scheme.sign(request, secret, at))
  }
  const verify = (request: SignedRequest, secrets: readonly Secret[] = active) => scheme.verify(request, secrets, NOW)
  const withHeader = (request: SignedRequest, name: string, value: string | string[] | undefined) => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  })
  const body = Buffer.from('{"id":"evt_1"}')
  const headerNames = Object.keys(deliver(body).headers)

  test('takes what it signed, whatever the bytes are, and tells which secret signed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const signedId = one.signsId ? { signedId: 'msg_1' } : {}
        const taken = (secret: Secret) => ({ ok: true, secrets: [secret], ...signedId })
        expect(verify(deliver(bytes, older.signs))).toEqual(taken(older.secret))
        expect(verify(deliver(bytes, newer.signs))).toEqual(taken(newer.secret))
      }),
    )
  })

  test('takes an empty body', () => {
    expect(verify(deliver(Buffer.alloc(0))).ok).toBe(true)
  })

  test('takes either secret while two are active, and after a rotation the new one alone', () => {
    expect(verify(deliver(body, older.signs), [older.secret]).ok).toBe(true)
    expect(verify(deliver(body, older.signs), active).ok).toBe(true)
    expect(verify(deliver(body, older.signs), [newer.secret])).toEqual({ ok: false, code: 'invalid_signature' })
    expect(verify(deliver(body, newer.signs), [newer.secret]).ok).toBe(true)
  })

  test('refuses a secret that is not active, and everything while none is', () => {
    expect(verify(deliver(body, nobodys.signs))).toEqual({ ok: false, code: 'invalid_signature' })
    expect(verify(deliver(body), [])).toEqual({ ok: false, code: 'invalid_signature' })
  })

  if (one.coversBody)
    test('refuses when any bit of the body differs', () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), bitOfByte, (bytes, at, bit) => {
          const request = deliver(bytes)
          const changed = Buffer.from(bytes)
          changed.writeUInt8(changed.readUInt8(at % changed.length) ^ (1 << bit), at % changed.length)
          expect(verify({ ...request, body: changed })).toEqual({ ok: false, code: 'invalid_signature' })
        }),
      )
    })

  if (one.coversBody)
    test('refuses a body that is cut short or goes on', () => {
      const request = deliver(body)
      expect(verify({ ...request, body: body.subarray(0, -1) }).ok).toBe(false)
      expect(verify({ ...request, body: Buffer.concat([body, Buffer.from(' ')]) }).ok).toBe(false)
    })

  test.each(headerNames)('refuses when any bit of %s differs', (name) => {
    const request = deliver(body)
    const taken = flips(String(request.headers[name])).filter((text) => verify(withHeader(request, name, text)).ok)
    expect(taken).toEqual([])
  })

  if (scheme.takesSecretFromPath)
    test('refuses when any bit of the secret in the path differs', () => {
      const { target } = deliver(body)
      const start = target.lastIndexOf('/') + 1
      const others = flips(target.slice(start)).map((text) => target.slice(0, start) + text)
      expect(others.filter((other) => verify({ ...deliver(body), target: other }).ok)).toEqual([])
    })

  test.each(headerNames)('refuses when %s is cut short or goes on', (name) => {
    const request = deliver(body)
    const text = String(request.headers[name])
    for (const other of [text.slice(0, -1), `${text}0`, `${text}=`]) {
      expect(verify(withHeader(request, name, other)).ok).toBe(false)
    }
  })

  test.each(headerNames)('is missing where %s is absent or empty', (name) => {
    const missing = { ok: false, code: 'missing_signature' }
    expect(verify(withHeader(deliver(body), name, undefined))).toEqual(missing)
    expect(verify(withHeader(deliver(body), name, ''))).toEqual(missing)
  })

  test.each(headerNames)('refuses %s that came twice', (name) => {
    const request = deliver(body)
    const text = String(request.headers[name])
    expect(verify(withHeader(request, name, `${text}, ${text}`)).ok).toBe(false)
    expect(verify(withHeader(request, name, [text, text])).ok).toBe(false)
  })

  if (one.isTimed)
    test('takes a time up to 5 minutes off in either direction, and one beyond is stale', () => {
      const at = (offset: number) => verify(deliver(body, newer.signs, NOW + offset))
      expect(at(-300_000).ok).toBe(true)
      expect(at(300_000).ok).toBe(true)
      expect(at(-301_000)).toEqual({ ok: false, code: 'stale_timestamp' })
      expect(at(301_000)).toEqual({ ok: false, code: 'stale_timestamp' })
    })

  if (one.isTimed)
    test('looks for what is missing before the time, and at the time before the signature', () => {
      const stale = deliver(body, nobodys.signs, NOW - 600_000)
      expect(verify(stale)).toEqual({ ok: false, code: 'stale_timestamp' })
      for (const name of headerNames) {
        expect(verify(withHeader(stale, name, undefined))).toEqual({ ok: false, code: 'missing_signature' })
      }
    })

  if (!one.isTimed)
    test('has no time, so that it takes a delivery however old it is', () => {
      expect(verify(deliver(body, newer.signs, NOW - 10 * 365 * 86_400_000)).ok).toBe(true)
    })

  test('never throws, and takes nothing that is made up', () => {
    // Node reads headers and targets as Latin-1.
    const latin1 = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))
    const value = fc.oneof(
      fc.constant(undefined),
      latin1,
      fc.array(fc.string()),
      fc.constantFrom(String(NOW), String(NOW / 1_000), 'v1,', 'v1a,', 't=,v1=', `t=${NOW / 1_000},v1=`, 'sha256='),
    )
    const headers = fc.record(Object.fromEntries(headerNames.map((name) => [name, value])))
    fc.assert(
      fc.property(headers, latin1, fc.uint8Array(), (made, target, bytes) => {
        const request = { method: 'POST', target, headers: made, body: Buffer.from(bytes) }
        expect(verify(request).ok).toBe(false)
        expect(() => scheme.answerChallenge?.(target, active)).not.toThrow()
      }),
    )
  })

  test.each(['', 'short'])('takes %j for no secret, and does not say it', (text) => {
    const request = { method: 'POST', url: URL_OF_SOURCE, body, id: 'msg_1' }
    for (const read of [() => scheme.toKey(text), () => scheme.sign(request, text, NOW)]) {
      expect(read).toThrow(/^a secret(?!.*short)/)
    }
  })

  test('says what to send for each fault, and nothing of a secret', () => {
    const said = Object.values(scheme.help).join(' ')
    expect(Object.values(scheme.help).every((text) => text.endsWith('.'))).toBe(true)
    for (const name of headerNames) expect(said).toContain(name)
    for (const text of one.secrets.flat()) expect(said).not.toContain(text)
  })
})

const bitOfByte = fc.integer({ min: 0, max: 7 })

/** Every text that differs in one bit of one character. */
function flips(text: string): string[] {
  return [...text].flatMap((character, at) =>
    Array.from({ length: 8 }, (_, bit) => {
      const other = String.fromCharCode(character.charCodeAt(0) ^ (1 << bit))
      return text.slice(0, at) + other + text.slice(at + 1)
    }),
  )
}

function toRequest(body: Buffer, { url, headers }: SignedDelivery): SignedRequest {
  return { method: 'POST', target: url.pathname + url.search, headers: { ...headers }, body }
}
