import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import type { Body } from './http/read-body.ts'
import { createMetrics } from './metrics.ts'
import type { DeliveryOutcome } from './publishing/publish-delivery.ts'
import type { EventToPublish } from './publishing/publish-event.ts'
import { createReceiveWebhook, type ReceiveWebhookOptions } from './receive-webhook.ts'
import { createSources } from './sources/sources.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const SECRET = 'the-common-secret'
const LINKEDIN_SECRET = 'the-secret-of-linkedin'

const sources = createSources(
  [
    { name: 'test', ownSecrets: [], companyIdPrefix: '' },
    { name: 'coresignal', ownSecrets: [], companyIdPrefix: '' },
    { name: 'linkedin', ownSecrets: [LINKEDIN_SECRET], companyIdPrefix: 'li:' },
  ],
  [SECRET],
)

function harness(options: Partial<ReceiveWebhookOptions> & { outcome?: DeliveryOutcome } = {}) {
  const published: EventToPublish[] = []
  const refused: string[] = []
  const registry = new Registry()
  const receive = createReceiveWebhook({
    sources: () => sources,
    now: () => NOW,
    isClockOff: () => false,
    limitRate: () => undefined,
    toMessage: (change, traceparent) => ({
      topic: 't',
      key: change.companyId,
      value: Buffer.from(change.payload),
      headers: { traceparent },
    }),
    publish: async (events) => {
      published.push(...events)
      return options.outcome ?? { kind: 'accepted', accepted: events.length, repeated: 0 }
    },
    metrics: createMetrics(registry),
    onRefused: (code) => refused.push(code),
    ...options,
  })

  const post = async (
    body: unknown,
    { secret = SECRET, at = NOW, headers = {}, path, read }: Partial<PostOptions> = {},
  ) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const signed: Record<string, string | undefined> = { ...signedHeaders(bytes, secret, at), ...headers }
    for (const [name, value] of Object.entries(signed)) if (value === undefined) delete signed[name]
    const answer = await receive({
      method: 'POST',
      target: '/api/webhooks/person-change',
      headers: signed,
      pathSource: path === undefined ? undefined : sources.find(path),
      readBody: async () => read ?? { kind: 'complete', bytes },
    })
    const parsed = JSON.parse(String(answer.body))
    return { ...parsed, status: answer.status, headers: answer.headers, body: parsed }
  }
  return { post, published, refused, registry }
}

interface PostOptions {
  secret: string
  at: number
  headers: Record<string, string | undefined>
  path: string
  read: Body
}

describe('a webhook that is taken', () => {
  test('is published whole under its idempotency key and answered 202', async () => {
    const { post, published, registry } = harness()
    const body = ` ${JSON.stringify(nativeEvent({ id: 'evt_1' }))}\n`
    const answer = await post(body)
    expect(answer).toMatchObject({ status: 202, eventId: 'evt_1' })
    expect(answer.body).toEqual({ status: 'accepted', eventId: 'evt_1' })
    expect(published[0]).toMatchObject({ idempotencyKey: 'test:evt_1', message: { key: 'acme' } })
    expect(String(published[0]?.message.value)).toBe(body)
    expect(await registry.getSingleMetricAsString('ingest_events_accepted_total')).toContain('{source="test"} 1')
  })

  test('has its company under the prefix of its source', async () => {
    const { post, published } = harness()
    await post(nativeEvent({ source: 'linkedin', company: { id: '42', name: 'Acme' } }), { secret: LINKEDIN_SECRET })
    expect(published[0]?.message.key).toBe('li:42')
  })

  test('has its body hash taken from the raw bytes, so that white space makes another body', async () => {
    const { post, published } = harness()
    const body = JSON.stringify(nativeEvent())
    await post(body)
    await post(`${body} `)
    expect(published[0]?.bodySha256).toMatch(/^[0-9a-f]{64}$/)
    expect(published[0]?.bodySha256).not.toBe(published[1]?.bodySha256)
  })

  test('passes a valid traceparent on', async () => {
    const { post, published } = harness()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await post(nativeEvent(), { headers: { traceparent } })
    expect(published[0]?.message.headers.traceparent).toBe(traceparent)
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may come as %s',
    async (type) => {
      expect(await harness().post(nativeEvent(), { headers: { 'content-type': type } })).toMatchObject({ status: 202 })
    },
  )

  test('may come to the address of its source', async () => {
    expect(await harness().post(nativeEvent(), { path: 'test' })).toMatchObject({ status: 202 })
  })
})

describe('the outcome of publishing', () => {
  test('of a repeat is 200', async () => {
    const { post } = harness({ outcome: { kind: 'repeated' } })
    const answer = await post(nativeEvent({ id: 'evt_1' }))
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ status: 'already_processed', eventId: 'evt_1' })
    expect(answer.headers['content-type']).toContain('application/json')
  })

  test('of another body under the same id is 409, and counted by source', async () => {
    const { post, registry } = harness({ outcome: { kind: 'conflict' } })
    expect(await post(nativeEvent())).toMatchObject({ status: 409, code: 'event_id_conflict' })
    expect(await registry.getSingleMetricAsString('ingest_event_id_conflicts_total')).toContain('{source="test"} 1')
  })

  test('that is unknown is 503 with Retry-After', async () => {
    const { post } = harness({ outcome: { kind: 'unavailable', code: 'publish_timeout' } })
    const answer = await post(nativeEvent())
    expect(answer).toMatchObject({ status: 503, code: 'unavailable' })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('is 503 too while the encoder is not there yet', async () => {
    const { post } = harness({
      toMessage: () => {
        throw new AppError('not yet', { code: 'registry_unavailable', fate: 'unavailable' })
      },
    })
    expect(await post(nativeEvent())).toMatchObject({ status: 503, code: 'unavailable' })
  })
})

/** Two faults at once. Each row below has its own fault and one that comes later in the contract's order. */
const invalid = () => ({ ...nativeEvent({ source: 'nobody' }), person: null })

describe('the order of the checks', () => {
  const { post, published } = harness({ outcome: { kind: 'conflict' } })
  const tooLarge: Body = { kind: 'too_large' }
  const gzip = { 'content-encoding': 'gzip' }
  const stale = NOW - 600_000

  test.each<[string, number, () => Promise<{ status: number; code?: string }>]>([
    ['unsupported_media_type', 415, () => post('{', { headers: { 'content-type': 'text/plain' }, read: tooLarge })],
    ['unsupported_media_type', 415, () => post('{', { headers: { 'content-type': undefined }, read: tooLarge })],
    ['unsupported_media_type', 415, () => post('{', { headers: gzip, read: tooLarge })],
    [
      'unsupported_media_type',
      415,
      () => post('{', { headers: { 'content-type': 'application/json; charset=latin1' } }),
    ],
    ['payload_too_large', 413, () => post('{', { headers: { 'x-signature': undefined }, read: tooLarge })],
    ['missing_signature', 401, () => post('{', { headers: { 'x-signature': undefined }, at: stale })],
    ['missing_signature', 401, () => post('{', { headers: { 'x-timestamp': undefined, 'x-signature': 'x' } })],
    ['stale_timestamp', 401, () => post('{', { headers: { 'x-signature': 'x' }, at: stale })],
    ['stale_timestamp', 401, () => post('{', { headers: { 'x-signature': 'x', 'x-timestamp': 'soon' } })],
    ['invalid_signature', 401, () => post('{', { secret: 'nobodys-secret' })],
    ['malformed_json', 400, () => post('{')],
    ['malformed_json', 400, () => post(Buffer.from([0xff]))],
    ['malformed_json', 400, () => post(`\uFEFF${JSON.stringify(nativeEvent())}`)],
    ['invalid_event', 400, () => post(invalid())],
    ['unknown_source', 400, () => post(nativeEvent({ source: 'nobody' }))],
    ['event_id_conflict', 409, () => post(nativeEvent())],
  ])('%s (%i) goes before what comes later', async (code, status, request) => {
    expect(await request()).toMatchObject({ code, status })
  })

  test('only what passed them all was offered to Kafka', () => {
    expect(published).toHaveLength(1)
  })
})

describe('a secret', () => {
  test('that belongs to another source is no valid signature for the one that the body names', async () => {
    const { post } = harness()
    const refused = { status: 401, code: 'invalid_signature' }
    expect(await post(nativeEvent({ source: 'linkedin' }), { secret: SECRET })).toMatchObject(refused)
    expect(await post(nativeEvent({ source: 'test' }), { secret: LINKEDIN_SECRET })).toMatchObject(refused)
    expect(await post(nativeEvent({ source: 'nobody' }), { secret: LINKEDIN_SECRET })).toMatchObject(refused)
    expect(await post({ source: 'linkedin' }, { secret: SECRET })).toMatchObject(refused)
  })

  test('of another source is not tried at the address of one, not even for a body that names none', async () => {
    const { post } = harness()
    const refused = { status: 401, code: 'invalid_signature' }
    expect(await post(nativeEvent(), { secret: LINKEDIN_SECRET, path: 'test' })).toMatchObject(refused)
    expect(await post('{', { secret: LINKEDIN_SECRET, path: 'test' })).toMatchObject(refused)
    expect(await post('{', { secret: LINKEDIN_SECRET })).toMatchObject({ status: 400, code: 'malformed_json' })
  })
})

test.each(['nobody', 'coresignal'])('an event of %s is unknown_source at the address of test', async (source) => {
  const answer = await harness().post(nativeEvent({ source }), { path: 'test' })
  expect(answer).toMatchObject({ status: 400, code: 'unknown_source' })
})

test('a clock that is off makes every POST 503, whatever its timestamp', async () => {
  const { post, published } = harness({ isClockOff: () => true })
  expect(await post(nativeEvent())).toMatchObject({ status: 503, code: 'unavailable' })
  expect(await post(nativeEvent(), { at: NOW - 7_200_000 })).toMatchObject({ status: 503 })
  expect(published).toEqual([])
})

test('a refusal is problem+json with type, title, status, code and detail, and quotes nothing', async () => {
  const { post, refused, registry } = harness()
  const answer = await post({ ...invalid(), secretive: 'do-not-quote-me' })
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer).toMatchObject({ status: 400, code: 'invalid_event' })
  expect(Object.keys(answer)).toEqual(expect.arrayContaining(['type', 'title', 'status', 'code', 'detail', 'issues']))
  expect(answer.issues).toContainEqual(expect.objectContaining({ path: ['person'] }))
  expect(JSON.stringify(answer)).not.toContain('do-not-quote-me')
  expect(refused).toEqual(['invalid_event'])
  expect(await registry.getSingleMetricAsString('ingest_events_rejected_total')).toContain('{reason="invalid_event"} 1')
})

test('thousands of issues are cut short and counted', async () => {
  const changes = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1]))
  const answer = await harness().post({ ...nativeEvent(), changes })
  expect(answer.issues).toHaveLength(100)
  expect(answer.issuesOmitted).toBe(400)
})

test('an event beyond the rate of its source is refused before repeats are looked for; others never count', async () => {
  const counted: string[] = []
  const limitRate = ({ name }: { name: string }) => {
    counted.push(name)
    return 3
  }
  const { post, published, refused } = harness({ limitRate })
  await post(nativeEvent(), { secret: 'nobodys-secret' })
  await post({ ...nativeEvent(), type: 1 })
  await post(nativeEvent({ source: 'nobody' }))
  expect(counted).toEqual([])
  expect(await post(nativeEvent())).toMatchObject({
    status: 429,
    code: 'rate_limited',
    headers: { 'retry-after': '3' },
  })
  expect(counted).toEqual(['test'])
  expect(published).toEqual([])
  expect(refused.at(-1)).toBe('rate_limited')
})
