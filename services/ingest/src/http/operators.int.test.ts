import { createHash } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestIngest, TOKEN } from '../test-kit/start-test-ingest.ts'

const start = (options = {}) => startTestIngest(onTestFinished, options)

const AT = new Date('2026-01-15T09:30:00Z')

const bearer = { authorization: `Bearer ${TOKEN}` }

const get = (url: string, path: string) => fetch(url + path, { headers: bearer })

const refresh = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/refreshes`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('the bearer token', () => {
  test.each([
    ['POST', '/api/refreshes'],
    ['GET', '/api/refreshes/x'],
    ['GET', '/api/events/test:x'],
    ['GET', '/api/companies/acme/buyer-group'],
  ])('is needed for %s %s: 401 without it, 403 where none is configured', async (method, path) => {
    const { url, kafka } = await start()
    for (const headers of [{}, { authorization: 'Bearer wrong' }] as Record<string, string>[]) {
      const response = await fetch(url + path, { method, headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    expect(kafka.published).toEqual([])
    const closed = await start({ token: undefined })
    expect((await fetch(closed.url + path, { method, headers: bearer })).status).toBe(403)
  })
})

describe('POST /api/refreshes', () => {
  test('publishes a request under the company and answers 202 with its address', async () => {
    const { url, kafka } = await start()
    const response = await refresh(url, { companyId: 'acme', companyName: 'Acme Inc' })
    expect(response.status).toBe(202)
    const { status, id } = (await response.json()) as { status: string; id: string }
    expect(status).toBe('accepted')
    expect(response.headers.get('location')).toBe(`/api/refreshes/${id}`)
    expect(kafka.published[0]).toMatchObject({ topic: 'buyer-group.refresh-requests.v1', key: 'acme' })
    expect(JSON.parse(String(kafka.published[0]?.value))).toMatchObject({
      requestId: id,
      companyId: 'acme',
      companyName: 'Acme Inc',
      requestedBy: 'api',
    })
  })

  test('gives each request an id of its own, and one id to all with the same Idempotency-Key', async () => {
    const { url, kafka } = await start()
    const ids = [
      await refresh(url, { companyId: 'acme' }),
      await refresh(url, { companyId: 'acme' }),
      await refresh(url, { companyId: 'acme' }, { 'idempotency-key': 'k1' }),
      await refresh(url, { companyId: 'acme' }, { 'idempotency-key': 'k1' }),
    ].map(async (response) => ((await response.json()) as { id: string }).id)
    const [one, two, three, four] = await Promise.all(ids)
    expect(one).not.toBe(two)
    expect(three).toBe(createHash('sha256').update('["api","k1"]').digest('hex'))
    expect(four).toBe(three)
    expect(kafka.published).toHaveLength(3)
    expect((await refresh(url, { companyId: 'other' }, { 'idempotency-key': 'k1' })).status).toBe(422)
  })

  test.each([
    ['{', {}, 400, 'malformed_json'],
    [{}, {}, 400, 'invalid_request'],
    [{ companyId: '' }, {}, 400, 'invalid_request'],
    [{ companyId: { $ne: '' } }, {}, 400, 'invalid_request'],
    [{ companyId: 'acme' }, { 'idempotency-key': 'k'.repeat(256) }, 400, 'invalid_request'],
    [{ companyId: 'acme' }, { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    [{ companyId: 'a'.repeat(300_000) }, {}, 413, 'payload_too_large'],
  ])('refuses what is not valid (%#)', async (body, headers, status, code) => {
    const { url, kafka } = await start()
    const response = await refresh(url, body, headers as unknown as Record<string, string>)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
    expect(kafka.published).toEqual([])
  })

  test('is 503 with Retry-After while Kafka is away', async () => {
    const { url, kafka } = await start()
    kafka.isAway = true
    const response = await refresh(url, { companyId: 'acme' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
  })
})

describe('reading', () => {
  test('a refresh tells its status; one not recorded yet is 404 with Retry-After', async () => {
    const { url, collections } = await start()
    const missing = await get(url, '/api/refreshes/c1')
    expect([missing.status, missing.headers.get('retry-after')]).toEqual([404, '1'])
    await collections.refreshLogs.insertOne({
      commandId: 'c1',
      companyId: 'acme',
      workspaceId: 'default',
      reason: 'manual',
      triggeredBy: ['api'],
      status: 'processing',
      sequence: 7,
      startedAt: AT,
    })
    const found = await get(url, '/api/refreshes/c1')
    expect(found.headers.get('cache-control')).toBe('no-store')
    expect(await found.json()).toMatchObject({ id: 'c1', companyId: 'acme', status: 'processing', sequence: 7 })
  })

  test('an event tells its journey without its payload', async () => {
    const { url, collections } = await start()
    const id = 'test:evt/1:a b'
    await collections.webhookEvents.insertOne({
      idempotencyKey: id,
      source: 'test',
      eventType: 'person.promotion',
      payload: { person: { email: 'pat@example.com' } },
      bodySha256: 'abc',
      companyId: 'acme',
      occurredAt: AT,
      receivedAt: AT,
      processed: true,
      processedAt: AT,
      decision: { outcome: 'refresh', commandIds: ['c1'] },
      waitingFor: ['acme'],
    })
    const found = await (await get(url, `/api/events/${encodeURIComponent(id)}`)).json()
    expect(found).toMatchObject({ id, status: 'waiting', waitingFor: ['acme'], decision: { outcome: 'refresh' } })
    expect(JSON.stringify(found)).not.toContain('pat@example.com')
    expect((await get(url, '/api/events/test:evt_2')).status).toBe(404)
  })

  test('a company tells its buyer group', async () => {
    const { url, collections } = await start()
    expect((await get(url, '/api/companies/acme/buyer-group')).status).toBe(404)
    await collections.buyerGroups.insertOne({ companyId: 'li:42', members: [], sequence: 7 } as never)
    const found = await get(url, '/api/companies/li%3A42/buyer-group')
    expect(await found.json()).toEqual({ companyId: 'li:42', members: [], sequence: 7 })
  })

  test.each(['%00', '[$ne]=x', '{"$ne":null}', 'a'.repeat(1_000)])('the id %j finds nothing', async (id) => {
    const { url, collections } = await start()
    await collections.refreshLogs.insertOne({ commandId: 'c1' } as never)
    expect((await get(url, `/api/refreshes/${encodeURIComponent(id)}`)).status).toBe(404)
    expect((await get(url, `/api/refreshes/${id.includes('%') ? id : 'x'}`)).status).toBe(404)
  })

  test('is 503 while MongoDB is away', async () => {
    const { url } = await start({ mongodbUri: 'mongodb://127.0.0.1:1/?replicaSet=nowhere' })
    expect((await get(url, '/api/refreshes/c1')).status).toBe(503)
  })
})
