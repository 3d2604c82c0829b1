import { describe, expect, test } from 'vitest'
import { verifyPosted } from '../test-kit/verify-posted.ts'
import { lushaScheme } from './lusha.ts'

const SECRET = 'the-secret-of-lusha'
const NOW = 1_700_000_000_000

const verify = (signature: string, timestamp: string, now = NOW) =>
  verifyPosted(lushaScheme, {
    headers: { 'x-lusha-signature': signature, 'x-lusha-timestamp': timestamp },
    body: '{"id":"evt_1"}',
    secrets: SECRET,
    now,
  })

// printf '%s.%s' 1700000000 '{"id":"evt_1"}' | openssl dgst -sha256 -hmac the-secret-of-lusha
const OF_SECONDS = '8f134742521ce4f05b125b62721450492153f3d85b77385336ac3900131818d9'
// The same with 1700000000000.
const OF_MILLISECONDS = '13ccf585b044500d6adc202a5875b5120d8c99226e5d5f6c313477500c02ae05'

describe('the Lusha scheme', () => {
  test('matches vectors that openssl computed, with the time in either unit', () => {
    expect(verify(OF_SECONDS, '1700000000')).toEqual({ ok: true, secrets: [0] })
    expect(verify(OF_MILLISECONDS, '1700000000000')).toEqual({ ok: true, secrets: [0] })
  })

  test('finds either unit stale beyond 5 minutes', () => {
    const stale = { ok: false, code: 'stale_timestamp' }
    expect(verify(OF_SECONDS, '1700000000', NOW + 300_001)).toEqual(stale)
    expect(verify(OF_MILLISECONDS, '1700000000000', NOW + 300_001)).toEqual(stale)
    expect(verify(OF_MILLISECONDS, '1700000000000', NOW - 300_001)).toEqual(stale)
  })

  test('answers the challenge with itself', () => {
    expect(lushaScheme.answerChallenge?.('/api/webhooks/lusha?challenge=abc-123', [])).toEqual({ challenge: 'abc-123' })
  })

  test.each([
    '',
    '?',
    '?challenge',
    '?challenge=',
    '?other=1',
    '?challenge=%3Cscript%3E',
    `?challenge=${'a'.repeat(257)}`,
  ])('has no answer to %j', (query) => {
    expect(lushaScheme.answerChallenge?.(`/api/webhooks/lusha${query}`, [])).toBeUndefined()
  })
})
