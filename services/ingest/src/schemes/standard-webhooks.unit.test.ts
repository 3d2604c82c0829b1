import { describe, expect, test } from 'vitest'
import { verifyPosted } from '../test-kit/verify-posted.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'

// The published vectors: standard-webhooks/standard-webhooks, libraries/javascript/src/webhook.test.ts (v1) and
// libraries/go/webhook_asymmetric_test.go (v1a, with the seed in base64).
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const TIME = '1614265330'
const NOW = 1_614_265_330_000
const BODY = '{"test": 2432232314}'
const V1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const V1A = 'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=='
const SHARED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const SEED = 'VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk='
// (printf 302e020100300506032b657004220420 | xxd -r -p; echo $SEED | base64 -d) |
//   openssl pkey -inform DER -pubout -outform DER | tail -c 32 | base64
const PUBLIC = 'whpk_ZlN4eg7dSSqi0moX9hQUk3orrOouK3QVQSlJa248c/g='
// Of another key, in the right form.
const OTHER_V1 = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc='

const verify = (signature: string, { id = ID, body = BODY, secrets = [SHARED, PUBLIC] } = {}) =>
  verifyPosted(standardWebhooksScheme, {
    headers: { 'webhook-id': id, 'webhook-timestamp': TIME, 'webhook-signature': signature },
    body,
    secrets,
    now: NOW,
  })

const taken = (...secrets: number[]) => ({ ok: true, secrets, signedId: ID })
const INVALID = { ok: false, code: 'invalid_signature' }

describe('the Standard Webhooks scheme', () => {
  test('matches the published vector of v1', () => {
    expect(verify(V1)).toEqual(taken(0))
  })

  test('matches the published vector of v1a', () => {
    expect(verify(V1A)).toEqual(taken(1))
  })

  test('signs the published vectors itself', () => {
    const request = { method: 'POST', url: new URL('http://localhost/'), body: Buffer.from(BODY), id: ID }
    const sign = (secret: string) => standardWebhooksScheme.sign(request, secret, NOW).headers
    expect(sign(SHARED)).toEqual({ 'webhook-id': ID, 'webhook-timestamp': TIME, 'webhook-signature': V1 })
    expect(sign(`whsk_${SEED}`)['webhook-signature']).toBe(V1A)
    const seedAndPublicKey = Buffer.from(SEED + PUBLIC.slice('whpk_'.length), 'base64')
    expect(sign(`whsk_${seedAndPublicKey.toString('base64')}`)['webhook-signature']).toBe(V1A)
  })

  test('takes a list in which any is right, and passes over what it does not know', () => {
    expect(verify(`${OTHER_V1} v2,${V1.slice(3)} ${V1}`)).toEqual(taken(0))
    expect(verify(`${V1} ${V1A}`)).toEqual(taken(0, 1))
    expect(verify(`v2,${V1.slice(3)} v1b,${V1A.slice(4)}`)).toEqual(INVALID)
  })

  test('takes no kind of signature for the other', () => {
    expect(verify(V1.replace('v1,', 'v1a,'))).toEqual(INVALID)
    expect(verify(V1A.replace('v1a,', 'v1,'))).toEqual(INVALID)
    expect(verify(V1, { secrets: [PUBLIC] })).toEqual(INVALID)
    expect(verify(V1A, { secrets: [SHARED] })).toEqual(INVALID)
  })

  test.each([
    ['v1,', 'v1,'],
    ['v1a,', 'v1a,'],
    ['a cut one', V1.slice(0, 8)],
    ['one without its version', V1.slice(3)],
    ['one without padding', V1A.slice(0, -2)],
    ['one in base64url', V1A.replace('/', '_')],
    ['other bits behind the last byte', V1A.replace('Ag==', 'Ah==')],
    ['a list with commas', `${OTHER_V1}, ${V1}`],
  ])('refuses %s', (_, signature) => {
    expect(verify(signature)).toEqual(INVALID)
  })

  test('refuses more than eight signatures before it checks any', () => {
    expect(verify([...Array(7).fill(OTHER_V1), V1].join(' '))).toEqual(taken(0))
    expect(verify([...Array(8).fill(OTHER_V1), V1].join(' '))).toEqual(INVALID)
  })

  test('refuses an id with a dot, which could take a part of the body into the id', () => {
    // The same signed bytes, cut at the next dot that a time follows.
    const secrets = [SHARED]
    const request = {
      method: 'POST',
      url: new URL('http://localhost/'),
      body: Buffer.from(`{"name":".${TIME}.[]`),
      id: ID,
    }
    const signature = standardWebhooksScheme.sign(request, SHARED, NOW).headers['webhook-signature'] ?? ''
    expect(verify(signature, { body: request.body.toString(), secrets })).toEqual(taken(0))
    expect(verify(signature, { id: `${ID}.${TIME}.{"name":"`, body: '[]', secrets })).toEqual(INVALID)
  })

  test.each([
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa%w',
    'whpk_',
    `whpk_${Buffer.alloc(31).toString('base64')}`,
    `whsk_${SEED}`,
  ])('takes %s for no secret that verifies, and does not say it', (secret) => {
    expect(() => standardWebhooksScheme.toKey(secret)).toThrow(/^a secret is whsec_ and base64/)
    if (secret.length > 8) expect(() => standardWebhooksScheme.toKey(secret)).not.toThrow(secret)
  })

  test('cannot sign with a public key', () => {
    const request = { method: 'POST', url: new URL('http://localhost/'), body: Buffer.from(BODY), id: ID }
    expect(() => standardWebhooksScheme.sign(request, PUBLIC, NOW)).toThrow(/^a secret that signs/)
  })
})
