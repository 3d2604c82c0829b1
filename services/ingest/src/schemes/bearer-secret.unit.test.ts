import { describe, expect, test } from 'vitest'
import { schemeOf, verifyPosted } from '../test-kit/verify-posted.ts'
import { pathSecretScheme } from './path-secret.ts'

const OLD = 'k7dTq2vLx9RzWm4HbYc1Pe'
const SECRET = '5f2cQ9xKr3VtNw8JdAe6Lm0'
const INVALID = { ok: false, code: 'invalid_signature' }
const MISSING = { ok: false, code: 'missing_signature' }

describe('a secret in a header', () => {
  const inHeader = (header: string, headers: Record<string, string>, secrets = [OLD, SECRET]) =>
    verifyPosted(schemeOf({ type: 'header-secret', header }), { headers, secrets, now: 0 })

  test('is the whole value of the header', () => {
    expect(inHeader('X-Api-Key', { 'x-api-key': SECRET })).toEqual({ ok: true, secrets: [1] })
    expect(inHeader('X-Api-Key', { 'x-api-key': `${SECRET}x` })).toEqual(INVALID)
    expect(inHeader('X-Api-Key', { 'x-other': SECRET })).toEqual(MISSING)
  })

  test('may be a bearer token', () => {
    const secrets = [`Bearer ${SECRET}`]
    expect(inHeader('Authorization', { authorization: `Bearer ${SECRET}` }, secrets).ok).toBe(true)
    expect(inHeader('Authorization', { authorization: SECRET }, secrets)).toEqual(INVALID)
  })

  test.each(['short-of-22-characters', `${SECRET} `, ` ${SECRET}`, `${SECRET},${SECRET}`, `${SECRET}é`, `${SECRET}\n`])(
    'is not %j',
    (secret) => {
      const scheme = schemeOf({ type: 'header-secret', header: 'X-Api-Key' })
      const text = secret === 'short-of-22-characters' ? secret.slice(1) : secret
      expect(() => scheme.toKey(text)).toThrow(/^a secret is at least 22 characters, all of them visible ASCII/)
    },
  )
})

describe('a secret in the path', () => {
  const inPath = (target: string) => verifyPosted(pathSecretScheme, { target, secrets: [OLD, SECRET], now: 0 })

  test('is its last part, whatever the query is', () => {
    expect(inPath(`/api/webhooks/pdl/${SECRET}`)).toEqual({ ok: true, secrets: [1] })
    expect(inPath(`/api/webhooks/pdl/${OLD}?a=/${SECRET}`)).toEqual({ ok: true, secrets: [0] })
  })

  test.each([
    [MISSING, '/api/webhooks/pdl/'],
    [MISSING, '/api/webhooks/pdl/?secret=1'],
    [INVALID, '/api/webhooks/pdl'],
    [INVALID, `/api/webhooks/pdl?${SECRET}`],
    [INVALID, `/api/webhooks/pdl/${SECRET}x`],
    [INVALID, `/api/webhooks/pdl/${SECRET.replace('5', '%35')}`],
    [INVALID, `/api/webhooks/pdl/${SECRET.toUpperCase()}`],
  ])('is %j for %s', (result, target) => {
    expect(inPath(target)).toEqual(result)
  })

  test('is put behind the address when a delivery is signed', () => {
    const url = new URL('http://localhost:3000/api/webhooks/pdl?a=1')
    const signed = pathSecretScheme.sign({ method: 'POST', url, body: Buffer.alloc(0), id: '' }, SECRET, 0)
    expect(signed).toEqual({ url: new URL(`http://localhost:3000/api/webhooks/pdl/${SECRET}?a=1`), headers: {} })
  })

  test.each([`${SECRET}/a`, `${SECRET}%41`, `${SECRET}?`, `${SECRET} `])('is not %j', (secret) => {
    expect(() => pathSecretScheme.toKey(secret)).toThrow(/^a secret is at least 22 characters, all of them letters/)
  })
})
