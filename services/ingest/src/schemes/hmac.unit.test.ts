import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { schemeOf, verifyPosted } from '../test-kit/verify-posted.ts'
import { schemeConfigSchema } from './create-scheme.ts'

const SECRET = 'the-generic-secret'
const BODY = '{"id":"evt_1"}'

const verify = (
  config: object,
  headers: Record<string, string>,
  more: { body?: string; target?: string; now?: number } = {},
) =>
  verifyPosted(schemeOf({ type: 'hmac', header: 'X-Signature', ...config }), {
    body: BODY,
    secrets: SECRET,
    now: 0,
    ...more,
    headers,
  })

const TAKEN = { ok: true, secrets: [0] }

describe('the generic HMAC scheme', () => {
  test('signs the body in hex with SHA-256 unless told', () => {
    // printf '%s' '{"id":"evt_1"}' | openssl dgst -sha256 -hmac the-generic-secret
    const hex = Buffer.from('3tDZgoyEFaootB8PWvCIwWkz2iRy4JQmpuw5s3HaI5A=', 'base64').toString('hex')
    expect(verify({}, { 'x-signature': hex })).toEqual(TAKEN)
  })

  test('matches a vector that openssl computed, in base64', () => {
    // The same command with -binary | base64.
    expect(verify({ encoding: 'base64' }, { 'x-signature': '3tDZgoyEFaootB8PWvCIwWkz2iRy4JQmpuw5s3HaI5A=' })).toEqual(
      TAKEN,
    )
  })

  test('matches the vector that Slack publishes for its own scheme', () => {
    // api.slack.com, "Verifying requests from Slack"
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const slack = schemeOf({
      type: 'hmac',
      header: 'X-Slack-Signature',
      prefix: 'v0=',
      template: 'v0:{timestamp}:{body}',
      timestampHeader: 'X-Slack-Request-Timestamp',
    })
    const headers = {
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      'x-slack-request-timestamp': '1531420618',
    }
    const secrets = '8f742231b10e8888abcd99yyyzzz85a5'
    expect(verifyPosted(slack, { headers, body, secrets, now: 1_531_420_618_000 })).toEqual(TAKEN)
    expect(verifyPosted(slack, { headers, body, secrets, now: 1_531_420_919_000 }).ok).toBe(false)
  })

  const everything = {
    algorithm: 'sha512',
    encoding: 'base64',
    template: '{method} {url} {id}/{timestamp}/{body}',
    timestampHeader: 'X-Time',
    timestampUnit: 'ms',
    idHeader: 'X-Id',
    publicUrl: 'https://hooks.example.com',
  }
  // printf '%s' 'POST https://hooks.example.com/api/webhooks/x msg_1/1700000000000/{"id":"evt_1"}' |
  //   openssl dgst -sha512 -hmac the-generic-secret -binary | base64 -w0
  const OF_EVERYTHING = '+atcPwyTKqPbnAWxWlafSlSLcRa5eSyEYWAmMfzBOog6JygveaAZK8y1HeBjpplNlyYk0e7c6wjHGxF05zaCyg=='
  const sent = { target: '/api/webhooks/x', now: 1_700_000_000_000 }

  test('signs method, URL, id and time where the template has them; the id is then one to tell repeats by', () => {
    const headers = { 'x-signature': OF_EVERYTHING, 'x-time': '1700000000000', 'x-id': 'msg_1' }
    expect(verify(everything, headers, sent)).toEqual({ ...TAKEN, signedId: 'msg_1' })
    expect(verify(everything, headers, { ...sent, target: '/api/webhooks/y' }).ok).toBe(false)
  })

  test('takes no id that has the text around it, or that is longer than any', () => {
    const headers = (id: string) => {
      const text = `POST https://hooks.example.com/api/webhooks/x ${id}/1700000000000/${BODY}`
      const signature = createHmac('sha512', SECRET).update(text).digest('base64')
      return { 'x-signature': signature, 'x-time': '1700000000000', 'x-id': id }
    }
    expect(verify(everything, headers('msg.1'), sent).ok).toBe(true)
    expect(verify(everything, headers('msg/1'), sent)).toEqual({ ok: false, code: 'invalid_signature' })
    expect(verify(everything, headers('msg 1'), sent)).toEqual({ ok: false, code: 'invalid_signature' })
    expect(verify(everything, headers('m'.repeat(256)), sent).ok).toBe(true)
    expect(verify(everything, headers('m'.repeat(257)), sent)).toEqual({ ok: false, code: 'invalid_signature' })
  })

  test('takes base64url with padding and without', () => {
    const base64url = '3tDZgoyEFaootB8PWvCIwWkz2iRy4JQmpuw5s3HaI5A'
    expect(verify({ encoding: 'base64url' }, { 'x-signature': base64url })).toEqual(TAKEN)
    expect(verify({ encoding: 'base64url' }, { 'x-signature': `${base64url}=` })).toEqual(TAKEN)
    expect(verify({ encoding: 'base64url' }, { 'x-signature': `${base64url}==` }).ok).toBe(false)
  })

  test.each([
    [{ template: '{timestamp}' }, /needs \{body\}/],
    [{ template: '' }, /needs \{body\}/],
    [{ template: '{body}{body}' }, /each placeholder once/],
    [{ template: '{body}{secret}' }, /no other placeholder/],
    [{ template: '{}{body}' }, /no other placeholder/],
    [{ template: '{timestamp}.{body}' }, /\{timestamp\} where/],
    [{ timestampHeader: 'X-Time' }, /\{timestamp\} where/],
    [{ template: '{id}.{body}' }, /\{id\} where/],
    [{ idHeader: 'X-Id' }, /\{id\} where/],
    [{ template: '{id}{body}', idHeader: 'X-Id' }, /apart/],
    [{ template: '{body}{id}', idHeader: 'X-Id' }, /apart/],
    [{ template: 'id{id}{body}', idHeader: 'X-Id' }, /apart/],
    [{ template: '{url}{body}' }, /\{url\} where/],
    [{ publicUrl: 'https://hooks.example.com' }, /\{url\} where/],
    [{ algorithm: 'sha1' }, /sha256/],
    [{ encoding: 'utf8' }, /hex/],
    [{ header: 'two words' }, /name of a header/],
    [{ timestampUnit: 'minutes' }, /"s"/],
    [{ secret: 'in plain text' }, /secret/],
  ])('refuses the options %j', (options, expected) => {
    const result = schemeConfigSchema.safeParse({ type: 'hmac', header: 'X-Signature', ...options })
    expect(result.error?.message).toMatch(expected)
  })

  test.each([
    ['{body}', {}],
    ['{id}.{body}', { idHeader: 'X-Id' }],
    ['{body}.{id}', { idHeader: 'X-Id' }],
  ])('takes the template %j', (template, options) => {
    expect(schemeConfigSchema.safeParse({ type: 'hmac', header: 'X-Signature', template, ...options }).success).toBe(
      true,
    )
  })
})
