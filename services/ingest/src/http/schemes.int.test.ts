import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestIngest } from '../test-kit/start-test-ingest.ts'
import { schemeOf } from '../test-kit/verify-posted.ts'

const SECRET = '5f2cQ9xKr3VtNw8JdAe6Lm0'
const WHSEC = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

/** An ingest with one source, `provider`, and what that provider would do. */
async function startWith(config: object, secret = SECRET) {
  const scheme = schemeOf(config)
  const lines: string[] = []
  const ingest = await startTestIngest(onTestFinished, {
    sources: [{ name: 'provider', scheme, ownSecrets: [secret], companyIdPrefix: '' }],
    logger: createLogger('test', 'trace', { write: (line) => lines.push(line) }),
  })
  const address = `${ingest.url}/api/webhooks/provider`
  const post = (event: object, query = '') => {
    const body = Buffer.from(JSON.stringify(event))
    const unsigned = { method: 'POST', url: new URL(address + query), body, id: 'msg_1' }
    const { url, headers } = scheme.sign(unsigned, secret, Date.now())
    return fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  }
  return { ...ingest, address, post, lines }
}

const event = () => nativeEvent({ source: 'provider' })

const problemOf = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) })

describe('a provider with a scheme of its own', () => {
  test.each([
    [{ type: 'native' }, SECRET],
    [{ type: 'standard-webhooks' }, WHSEC],
    [{ type: 'lusha' }, SECRET],
    [{ type: 'hubspot', publicUrl: 'https://hooks.example.com' }, SECRET],
    [{ type: 'linkedin' }, SECRET],
    [{ type: 'github' }, SECRET],
    [{ type: 'stripe' }, SECRET],
    [{ type: 'hmac', header: 'X-Signature', template: '{method} {url} {body}', publicUrl: 'http://h.example' }, SECRET],
    [{ type: 'header-secret', header: 'Authorization' }, `Bearer ${SECRET}`],
    [{ type: 'path-secret' }, SECRET],
  ])('is taken once by %j, also with a query behind the address', async (config, secret) => {
    const { post, kafka } = await startWith(config, secret)
    const sent = event()
    expect((await post(sent)).status).toBe(202)
    expect((await post(sent, '?from=a%3Ab')).status).toBe(200)
    expect(kafka.published).toHaveLength(1)
  })

  test.each([
    [{ type: 'github' }, 'invalid_signature', { 'x-hub-signature-256': 'sha256=00' }],
    [{ type: 'github' }, 'missing_signature', {}],
    [{ type: 'stripe' }, 'stale_timestamp', { 'stripe-signature': 't=1,v1=00' }],
    [{ type: 'header-secret', header: 'X-Api-Key' }, 'missing_signature', {}],
    [{ type: 'header-secret', header: 'X-Api-Key' }, 'invalid_signature', { 'x-api-key': 'guessed-by-someone-else' }],
  ])('is refused by %j as %s, and told what to send', async (config, code, headers) => {
    const { address, kafka } = await startWith(config)
    const body = JSON.stringify(event())
    const sent = { ...headers, 'content-type': 'application/json' }
    const refusal = await problemOf(await fetch(address, { method: 'POST', headers: sent, body }))
    expect(refusal).toMatchObject({ status: 401, code, detail: schemeOf(config).help[code as 'stale_timestamp'] })
    expect(kafka.published).toEqual([])
  })
})

describe('a challenge by GET', () => {
  const CODE = '890e4665-4dfe-4ab1-b689-ed553bceeed0'

  test('is answered to LinkedIn with the HMAC of its code', async () => {
    const { address } = await startWith({ type: 'linkedin' }, 'the-client-secret')
    const answer = await fetch(`${address}?challengeCode=${CODE}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await answer.json()).toEqual({
      challengeCode: CODE,
      // printf '%s' 890e4665-4dfe-4ab1-b689-ed553bceeed0 | openssl dgst -sha256 -hmac the-client-secret
      challengeResponse: '60db198ee22f71180f5a5c21923ec326fac90e6cb8a96ac1766ce2a18ed0d487',
    })
  })

  test('is no way to have a delivery signed, and is not quoted where it is none', async () => {
    const { address } = await startWith({ type: 'linkedin' })
    const forged = encodeURIComponent('hmacsha256={"forged":true}')
    const answer = await fetch(`${address}?challengeCode=${forged}`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain('forged')
  })

  test('is answered to Lusha with itself', async () => {
    const { address } = await startWith({ type: 'lusha' })
    const answer = await fetch(`${address}?challenge=abc123`)
    expect([answer.status, await answer.json()]).toEqual([200, { challenge: 'abc123' }])
  })

  test('is 405 where the provider asks for none', async () => {
    const { address } = await startWith({ type: 'github' })
    expect((await fetch(`${address}?challenge=abc123`)).status).toBe(405)
  })
})

describe('a secret in the path', () => {
  const postTo = (address: string) =>
    fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event()),
    })

  test('has an address only where there is exactly one more part', async () => {
    const { address } = await startWith({ type: 'path-secret' })
    for (const path of ['', '/', `/more/${SECRET}`, `/${SECRET}/more`]) {
      expect((await postTo(address + path)).status).toBe(404)
    }
    expect(await problemOf(await postTo(`${address}/guessed`))).toMatchObject({
      status: 401,
      code: 'invalid_signature',
    })
    expect((await postTo(`${address}/${SECRET}`)).status).toBe(202)
  })

  test('stands in no answer, no metric and no log line', async () => {
    const { address, registry, lines } = await startWith({ type: 'path-secret' })
    const answers = [
      await postTo(`${address}/${SECRET}`),
      await postTo(`${address}/guessed`),
      await fetch(`${address}/${SECRET}`),
    ]
    const said = await Promise.all(
      answers.map(async (answer) => JSON.stringify([...answer.headers]) + (await answer.text())),
    )
    const told = [...said, await registry.metrics(), ...lines].join('\n')
    expect(told).toContain('/api/webhooks/provider/{secret}')
    expect(told).not.toContain(SECRET)
    expect(told).not.toContain('guessed')
  })
})
