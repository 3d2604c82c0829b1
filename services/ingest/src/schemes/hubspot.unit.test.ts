import { describe, expect, test } from 'vitest'
import { schemeOf, verifyPosted } from '../test-kit/verify-posted.ts'

const CLIENT_SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'

const verify = (publicUrl: string, target: string, signature: string, timestamp: string, body: string) =>
  verifyPosted(schemeOf({ type: 'hubspot', publicUrl }), {
    headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp },
    body,
    target,
    secrets: CLIENT_SECRET,
    now: Number(timestamp),
  })

const TAKEN = { ok: true, secrets: [0] }

describe('the HubSpot scheme', () => {
  test("matches the vector of HubSpot's own client", () => {
    // HubSpot/hubspot-api-python, tests/spec/utils/test_signature.py
    const signature = 'HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw='
    const body = "{'example_field':'example_value'}"
    expect(verify('https://www.example.com', '/webhook_uri', signature, '15000000', body)).toEqual(TAKEN)
  })

  // printf '%s' 'POSThttps://hooks.example.com/api/webhooks/hubspot[{"eventId":1}]1700000000000' |
  //   openssl dgst -sha256 -hmac yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy -binary | base64
  const PLAIN = 'lsieliJWuTWWToGZY3hym1hMm7Zdt3pARsaR3DtnUqg='
  const plain = (publicUrl: string, target: string) =>
    verify(publicUrl, target, PLAIN, '1700000000000', '[{"eventId":1}]')

  test('signs the address that HubSpot knows, which a proxy may have shortened', () => {
    expect(plain('https://hooks.example.com', '/api/webhooks/hubspot')).toEqual(TAKEN)
    expect(plain('https://hooks.example.com/', '/api/webhooks/hubspot')).toEqual(TAKEN)
    expect(plain('https://hooks.example.com/api', '/webhooks/hubspot')).toEqual(TAKEN)
  })

  test.each([
    ['http://hooks.example.com', '/api/webhooks/hubspot'],
    ['https://other.example.com', '/api/webhooks/hubspot'],
    ['https://hooks.example.com', '/api/webhooks/hubspot/'],
    ['https://hooks.example.com', '/api/webhooks/hubspot?a=1'],
  ])('refuses a delivery to %s%s', (publicUrl, target) => {
    expect(plain(publicUrl, target)).toEqual({ ok: false, code: 'invalid_signature' })
  })

  test('decodes what HubSpot decodes in the address, and nothing else', () => {
    // The same command with ?tag=a:b/c@d%20e behind the path.
    const signature = 'jaWFoq4ubkY2b4EYyNaYuugq0+JKiB+vzzoQeGLn4/g='
    const target = '/api/webhooks/hubspot?tag=a%3Ab%2fc%40d%20e'
    const at = (sent: string) =>
      verify('https://hooks.example.com', sent, signature, '1700000000000', '[{"eventId":1}]')
    expect(at(target)).toEqual(TAKEN)
    expect(at(target.replace('%20', ' '))).toEqual({ ok: false, code: 'invalid_signature' })
  })

  test('decodes its whole list', () => {
    const scheme = schemeOf({ type: 'hubspot', publicUrl: 'https://hooks.example.com' })
    const sign = (query: string) => {
      const request = { method: 'POST', url: new URL(`http://localhost/a?${query}`), body: Buffer.alloc(0), id: '' }
      return scheme.sign(request, CLIENT_SECRET, 1_700_000_000_000).headers['x-hubspot-signature-v3']
    }
    expect(sign("q=:/?@!$'()*,;%25")).toBe(sign('q=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B%25'))
  })

  test.each([
    'hooks.example.com',
    'ftp://hooks.example.com',
    'https://hooks.example.com/?a',
    'https://h.example/#a',
    '',
  ])('takes %j for no public URL', (publicUrl) => {
    expect(() => schemeOf({ type: 'hubspot', publicUrl })).toThrow(/public URL/)
  })
})
