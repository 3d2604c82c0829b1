import { describe, expect, test } from 'vitest'
import { schemeOf, verifyPosted } from '../test-kit/verify-posted.ts'

const NOW = 1_700_000_000_000
// printf '%s.%s' 1700000000 '{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_of_the_endpoint
const SIGNATURE = 'f8f3e866d8a5698273f7e357d7b34d3cba0be42cf194619f4a0513722ccb52e6'
const OTHER = SIGNATURE.replaceAll('f', '0')

const verify = (header: string, config: object = { type: 'stripe' }, name = 'stripe-signature') =>
  verifyPosted(schemeOf(config), {
    headers: { [name]: header },
    body: '{"id":"evt_1"}',
    secrets: ['whsec_of_nobody', 'whsec_of_the_endpoint'],
    now: NOW,
  })

const TAKEN = { ok: true, secrets: [1] }

describe('the Stripe scheme', () => {
  test.each([
    ['one signature', `t=1700000000,v1=${SIGNATURE}`],
    ['several, of which any matches', `t=1700000000,v1=${OTHER},v1=${SIGNATURE}`],
    ['other kinds beside it', `t=1700000000,v1=${SIGNATURE},v0=${OTHER}`],
    ['any order, and spaces', `v1=${SIGNATURE}, t=1700000000`],
  ])('matches a vector that openssl computed, in a header with %s', (_, header) => {
    expect(verify(header)).toEqual(TAKEN)
  })

  test('takes the header of another provider that signs in this style', () => {
    expect(
      verify(`t=1700000000,v1=${SIGNATURE}`, { type: 'stripe', header: 'X-Acme-Signature' }, 'x-acme-signature'),
    ).toEqual(TAKEN)
  })

  test.each([
    ['missing_signature', 'nonsense'],
    ['missing_signature', `v1=${SIGNATURE}`],
    ['missing_signature', 't=1700000000'],
    ['missing_signature', `t=1700000000,v0=${SIGNATURE}`],
    ['stale_timestamp', `t=,v1=${SIGNATURE}`],
    ['stale_timestamp', `t=1700000000000,v1=${SIGNATURE}`],
    ['stale_timestamp', `t=01700000000,v1=${SIGNATURE}`],
    ['stale_timestamp', `t=1700000000,t=1700000000,v1=${SIGNATURE}`],
    ['stale_timestamp', `t=1600000000,v1=${SIGNATURE}`],
    ['invalid_signature', `t=1700000001,v1=${SIGNATURE}`],
    ['invalid_signature', `t=1700000000,v1=${OTHER}`],
    ['invalid_signature', `t=1700000000,v1=`],
  ])('is %s for %s', (code, header) => {
    expect(verify(header)).toEqual({ ok: false, code })
  })
})
