import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifyPosted } from '../test-kit/verify-posted.ts'
import { linkedinScheme } from './linkedin.ts'
import type { Secret } from './scheme.ts'

const SECRET = 'the-client-secret'
const BODY = '{"type":"LEAD_ACTION"}'
const CODE = '890e4665-4dfe-4ab1-b689-ed553bceeed0'
// printf '%s' 890e4665-4dfe-4ab1-b689-ed553bceeed0 | openssl dgst -sha256 -hmac the-client-secret
const RESPONSE = '60db198ee22f71180f5a5c21923ec326fac90e6cb8a96ac1766ce2a18ed0d487'

const verify = (signature: string) =>
  verifyPosted(linkedinScheme, { headers: { 'x-li-signature': signature }, body: BODY, secrets: SECRET, now: 0 })

const secret = (text: string, notAfter?: number): Secret => ({
  key: linkedinScheme.toKey(text),
  ...(notAfter === undefined ? {} : { notAfter }),
})

const ask = (query: string, secrets = [secret(SECRET)]) =>
  linkedinScheme.answerChallenge?.(`/api/webhooks/linkedin${query}`, secrets)

describe('the LinkedIn scheme', () => {
  test('matches a vector that openssl computed', () => {
    // printf 'hmacsha256=%s' '{"type":"LEAD_ACTION"}' | openssl dgst -sha256 -hmac the-client-secret
    expect(verify('99d808c1cdf85c4b1010be4a2d7a5e41166ddd5fcfb20a75b488a626d80521ac')).toEqual({
      ok: true,
      secrets: [0],
    })
  })

  test('refuses the signature of the body without its prefix', () => {
    expect(verify(createHmac('sha256', SECRET).update(BODY).digest('hex')).ok).toBe(false)
  })

  test('answers the challenge with its HMAC, beside whatever else is asked', () => {
    const answer = { challengeCode: CODE, challengeResponse: RESPONSE }
    expect(ask(`?challengeCode=${CODE}`)).toEqual(answer)
    expect(ask(`?applicationId=1&challengeCode=${CODE}`)).toEqual(answer)
  })

  test('answers with the secret that lasts longest, the last of those that do', () => {
    const older = secret('the-old-client-secret', 2_000)
    const newer = secret(SECRET)
    expect(ask(`?challengeCode=${CODE}`, [newer, older])?.challengeResponse).toBe(RESPONSE)
    expect(ask(`?challengeCode=${CODE}`, [older, newer])?.challengeResponse).toBe(RESPONSE)
    expect(ask(`?challengeCode=${CODE}`, [secret('another-client-secret'), newer])?.challengeResponse).toBe(RESPONSE)
  })

  test('signs nothing for whoever asks with what is to be signed', () => {
    const forged = '{"forged":true}'
    expect(ask(`?challengeCode=${encodeURIComponent(`hmacsha256=${forged}`)}`)).toBeUndefined()
  })

  test.each(['', '?challengeCode', '?challengeCode=', '?challengeCode=1', `?challengeCode=${CODE}0`, `?code=${CODE}`])(
    'has no answer to %j',
    (query) => {
      expect(ask(query)).toBeUndefined()
    },
  )

  test('has no answer while no secret is valid', () => {
    expect(ask(`?challengeCode=${CODE}`, [])).toBeUndefined()
  })
})
