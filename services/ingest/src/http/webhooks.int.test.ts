import { connect, type Socket } from 'node:net'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent, signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LINKEDIN_SECRET, SECRET, startTestIngest, type TestIngest } from '../test-kit/start-test-ingest.ts'

const start = (options = {}) => startTestIngest(onTestFinished, options)

const PATH = '/api/webhooks/person-change'

const codeOf = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) })

/** A raw HTTP exchange: what fetch would never send. `onAnswer` may send more once an answer has begun to arrive. */
function exchange(
  ingest: TestIngest,
  request: string | Buffer,
  onAnswer: (socket: Socket) => void = () => {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(ingest.server.port, '127.0.0.1', () => socket.write(request))
    socket.once('data', () => onAnswer(socket))
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8')
    })
    socket.once('close', () => resolve(received))
    socket.once('error', reject)
  })
}

/** What comes back to a request that is never sent to its end. */
function firstAnswer(ingest: TestIngest, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(ingest.server.port, '127.0.0.1', () => socket.write(request))
    socket.once('data', (chunk) => {
      resolve(chunk.toString('utf8'))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('POST a webhook', () => {
  test('publishes it and answers 202, then 200 for a repeat and 409 for another body', async () => {
    const { url, kafka } = await start()
    const event = nativeEvent()
    const first = await postEvent(url, event, SECRET)
    expect(first.status).toBe(202)
    expect(await first.json()).toEqual({ status: 'accepted', eventId: event.id })
    const repeat = await postEvent(url, event, SECRET, Date.now() - 1_000)
    expect(repeat.status).toBe(200)
    expect(await repeat.json()).toEqual({ status: 'already_processed', eventId: event.id })
    const other = await postEvent(url, { ...event, more: true }, SECRET)
    expect(await codeOf(other)).toMatchObject({ status: 409, code: 'event_id_conflict' })
    expect(kafka.published).toHaveLength(1)
    expect(kafka.published[0]?.headers).toMatchObject({
      ce_id: `test:${event.id}`,
      ce_source: '/buyer-group/ingest/test',
      ce_type: 'person.promotion',
      ce_time: '2026-01-15T09:30:00.000Z',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
    })
  })

  test('recognises what another process recorded, and writes nothing to MongoDB itself', async () => {
    const { url, kafka, collections } = await start()
    const event = nativeEvent()
    await postEvent(url, event, SECRET)
    const bodySha256 = JSON.parse(String(kafka.published[0]?.value)).bodySha256
    expect(await collections.webhookEvents.countDocuments()).toBe(0)

    const other = await start()
    const recorded = { idempotencyKey: `test:${event.id}`, bodySha256, payload: {} }
    await other.collections.webhookEvents.insertOne(recorded as never)
    expect((await postEvent(other.url, event, SECRET)).status).toBe(200)
    expect((await postEvent(other.url, { ...event, more: true }, SECRET)).status).toBe(409)
    // MongoDB is asked beside Kafka: the first repeat went there once more, which the detector makes one again.
    expect(other.kafka.published).toHaveLength(1)
  })

  test('a storm of one event over many connections is published once', async () => {
    const { url, kafka } = await start()
    const event = nativeEvent()
    const answers = await Promise.all(Array.from({ length: 50 }, () => postEvent(url, event, SECRET)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array(49).fill(200), 202])
    expect(kafka.published).toHaveLength(1)
  })

  test('goes on while MongoDB is away', async () => {
    const { url, kafka } = await start({ mongodbUri: 'mongodb://127.0.0.1:1/?replicaSet=nowhere' })
    const event = nativeEvent()
    expect((await postEvent(url, event, SECRET)).status).toBe(202)
    expect((await postEvent(url, event, SECRET)).status).toBe(200)
    for (let count = 0; count < 5; count += 1) {
      expect((await postEvent(url, nativeEvent(), SECRET)).status).toBe(202)
    }
    expect(kafka.published).toHaveLength(6)
  })

  test('is 503 with Retry-After while Kafka is away, and 202 once it is back', async () => {
    const { url, kafka } = await start()
    const event = nativeEvent()
    kafka.isAway = true
    const refused = await postEvent(url, event, SECRET)
    expect(await codeOf(refused)).toMatchObject({ status: 503, code: 'unavailable' })
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    kafka.isAway = false
    expect((await postEvent(url, event, SECRET)).status).toBe(202)
  })

  test('is 503 when the outcome stays unknown, and a repeat is 200 once Kafka has it', async () => {
    const { url, kafka } = await start({ publishTimeoutMs: 50 })
    const event = nativeEvent()
    const { promise, resolve } = Promise.withResolvers<void>()
    kafka.gate = promise
    expect((await postEvent(url, event, SECRET)).status).toBe(503)
    resolve()
    await expect.poll(async () => (await postEvent(url, event, SECRET)).status).toBe(200)
    expect(kafka.published).toHaveLength(1)
  })

  test('is 503 while the clock is off', async () => {
    const ingest = await start()
    ingest.clockIsOff = true
    expect((await postEvent(ingest.url, nativeEvent(), SECRET)).status).toBe(503)
  })

  test('to the address of a source takes that source alone', async () => {
    const { url, kafka } = await start()
    const post = (path: string, event: object, secret: string) => {
      const body = JSON.stringify(event)
      return fetch(`${url}/api/webhooks/${path}`, { method: 'POST', headers: signedHeaders(body, secret), body })
    }
    expect((await post('linkedin', nativeEvent({ source: 'linkedin' }), LINKEDIN_SECRET)).status).toBe(202)
    expect(kafka.published[0]?.key).toBe('li:acme')
    expect(await codeOf(await post('test', nativeEvent({ source: 'nobody' }), SECRET))).toMatchObject({
      status: 400,
      code: 'unknown_source',
    })
    expect((await post('nobody', nativeEvent({ source: 'nobody' }), SECRET)).status).toBe(404)
  })
})

describe('what is refused', () => {
  test('is counted by reason and leaves nothing behind', async () => {
    const { url, kafka, collections, registry } = await start()
    expect((await postEvent(url, nativeEvent(), 'nobodys-secret')).status).toBe(401)
    expect((await postEvent(url, nativeEvent(), SECRET, Date.now() - 301_000)).status).toBe(401)
    expect(
      (await fetch(url + PATH, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(401)
    expect(kafka.published).toEqual([])
    expect(await collections.webhookEvents.countDocuments()).toBe(0)
    const metric = await registry.getSingleMetricAsString('ingest_events_rejected_total')
    for (const reason of ['invalid_signature', 'stale_timestamp', 'missing_signature']) {
      expect(metric).toContain(`{reason="${reason}"} 1`)
    }
  })

  test('a flood above the rate is 429 with Retry-After, and nobody unsigned can use up what a source may send', async () => {
    const clock = { now: 0 }
    const { url, kafka, registry } = await start({ rateLimit: 3, globalRateLimit: 5, monotonic: () => clock.now })
    const flood = async (count: number, event: Parameters<typeof nativeEvent>[0], secret: string) => {
      const post = () => postEvent(url, nativeEvent(event), secret)
      const answers = await Promise.all(Array.from({ length: count }, post))
      return Map.groupBy(answers, ({ status }) => status)
    }
    const counts = (answers: Map<number, readonly Response[]>) =>
      Object.fromEntries([...answers].map(([status, list]) => [status, list.length]))

    expect(counts(await flood(10, {}, 'nobodys-secret'))).toEqual({ 401: 10 })
    const answers = await flood(20, {}, SECRET)
    expect(counts(answers)).toEqual({ 202: 3, 429: 17 })
    const refused = answers.get(429)?.[0] as Response
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await codeOf(refused)).toMatchObject({ code: 'rate_limited' })
    expect(counts(await flood(10, { source: 'linkedin' }, LINKEDIN_SECRET))).toEqual({ 202: 2, 429: 8 })
    clock.now = 1_000
    expect(counts(await flood(20, {}, SECRET))).toEqual({ 202: 3, 429: 17 })
    expect(kafka.published).toHaveLength(8)
    const limited = await registry.getSingleMetricAsString('ingest_events_rate_limited_total')
    expect(limited).toContain('{source="test",scope="source"} 34')
    expect(limited).toContain('{source="linkedin",scope="global"} 8')
  })

  test('a body of 256 KiB is read whole and one byte more is 413, with and without its length announced', async () => {
    const { url } = await start()
    const body = (size: number) => Buffer.alloc(size, ' ')
    const post = (bytes: Buffer, stream = false) =>
      fetch(url + PATH, {
        method: 'POST',
        headers: signedHeaders(bytes, SECRET),
        body: stream ? new Blob([bytes]).stream() : bytes,
        ...(stream ? { duplex: 'half' } : {}),
      } as RequestInit)
    expect(await codeOf(await post(body(262_144)))).toMatchObject({ status: 400, code: 'malformed_json' })
    expect(await codeOf(await post(body(262_145)))).toMatchObject({ status: 413, code: 'payload_too_large' })
    expect(await codeOf(await post(body(262_144), true))).toMatchObject({ status: 400 })
    expect(await codeOf(await post(body(1_000_000), true))).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  test('a body far beyond the limit is answered without being read, and the connection closed', async () => {
    const ingest = await start()
    const answer = await exchange(
      ingest,
      `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('payload_too_large')
    expect(answer.toLowerCase()).toContain('connection: close')
  })

  test('a body that is too large is answered while it is still being sent', async () => {
    const ingest = await start()
    const head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
    const announced = await firstAnswer(ingest, `${head}content-length: 262145\r\n\r\n{`)
    expect(announced).toMatch(/^HTTP\/1\.1 413 /)
    expect(announced.toLowerCase()).toContain('connection: close')
    const chunk = `40001\r\n${' '.repeat(0x40001)}\r\n`
    const chunked = await firstAnswer(ingest, `${head}transfer-encoding: chunked\r\n\r\n${chunk}`)
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
    expect(chunked.toLowerCase()).toContain('connection: close')
  })

  test('a sender that goes on after its 413 is heard to the end and then parted from, not reset', async () => {
    const ingest = await start()
    const rest = Buffer.alloc(3 * 1024 * 1024)
    const head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${rest.length}\r\n\r\n`
    const sent = Promise.withResolvers<void>()
    const answer = await exchange(ingest, head, (socket) => {
      socket.write(rest, (error) => (error ? sent.reject(error) : sent.resolve()))
    })
    await sent.promise
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('whoever asks first is told to go on, or 413 where the body would be too large', async () => {
    const ingest = await start()
    const body = JSON.stringify(nativeEvent())
    const headers = Object.entries(signedHeaders(body, SECRET)).map(([name, value]) => `${name}: ${value}`)
    const ask = (length: number) =>
      firstAnswer(
        ingest,
        `${[`POST ${PATH} HTTP/1.1`, 'host: x', 'expect: 100-continue', `content-length: ${length}`, ...headers].join('\r\n')}\r\n\r\n`,
      )
    expect(await ask(body.length)).toMatch(/^HTTP\/1\.1 100 /)
    const refused = await ask(262_145)
    expect(refused).toMatch(/^HTTP\/1\.1 413 /)
    expect(refused.toLowerCase()).toContain('connection: close')
  })

  test('headers that come twice are no way in', async () => {
    const ingest = await start()
    const body = JSON.stringify(nativeEvent())
    const headers = signedHeaders(body, SECRET)
    const head = (lines: string[]) =>
      `POST ${PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
    const once = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    expect(await exchange(ingest, head(once))).toMatch(/^HTTP\/1\.1 202 /)
    expect(await exchange(ingest, head([...once, `x-timestamp: ${headers['x-timestamp']}`]))).toContain(
      'stale_timestamp',
    )
    expect(await exchange(ingest, head([...once, `x-signature: ${headers['x-signature']}`]))).toContain(
      'invalid_signature',
    )
  })

  test('bytes that are no HTTP get a problem too', async () => {
    const answer = await exchange(await start(), 'GARBAGE\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('application/problem+json')
    const large = await exchange(await start(), `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(large).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe('addresses and methods', () => {
  test.each([
    ['GET', '/api/webhooks/nobody', 404],
    ['GET', '/', 404],
    ['POST', '/api/webhooks', 404],
    ['GET', '/%ff', 404],
    ['GET', '/api/events/%ff', 404],
    ['POST', '/__proto__', 404],
    ['POST', '/api/webhooks/person%2Dchange', 404],
    ['POST', '/API/webhooks/person-change', 404],
    ['GET', '/api/webhooks/test', 405],
    ['PUT', PATH, 405],
    ['DELETE', '/openapi.json', 405],
    ['GET', '/api/refreshes', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const { url } = await start()
    const response = await fetch(url + path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('allow') !== null).toBe(status === 405)
    expect(response.headers.get('x-powered-by')).toBeNull()
    expect(JSON.stringify(await response.json())).not.toContain('nobody')
  })

  test.each(['?x=1', '/'])('a POST to the address with %s after it is answered byte for byte alike', async (suffix) => {
    const ingest = await start()
    const body = JSON.stringify(nativeEvent())
    const headers = Object.entries(signedHeaders(body, SECRET)).map(([name, value]) => `${name}: ${value}`)
    const post = async (path: string) => {
      const lines = [
        `POST ${path} HTTP/1.1`,
        'host: x',
        'connection: close',
        `content-length: ${body.length}`,
        ...headers,
      ]
      return (await exchange(ingest, `${lines.join('\r\n')}\r\n\r\n${body}`)).replace(/^date: .*$/im, '')
    }
    expect(await post(PATH)).toMatch(/^HTTP\/1\.1 202 /)
    const repeat = await post(PATH)
    expect(repeat).toMatch(/^HTTP\/1\.1 200 /)
    expect(await post(PATH + suffix)).toBe(repeat)
  })

  test('OPTIONS tells the methods, HEAD answers as GET without its body', async () => {
    const { url } = await start()
    const options = await fetch(url + PATH, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
    const head = await fetch(url + PATH, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test('GET tells what is accepted, and its links lead somewhere', async () => {
    const { url } = await start()
    const info = (await (await fetch(url + PATH)).json()) as { links: Record<'openapi' | 'jsonSchema', string> }
    expect(info).toMatchObject({ sources: ['test', 'linkedin'], replayWindowSeconds: 300 })
    const openapi = await (await fetch(url + info.links.openapi)).json()
    expect(openapi).toMatchObject({ openapi: '3.1.0' })
    const schema = await fetch(url + info.links.jsonSchema)
    expect(schema.headers.get('content-type')).toBe('application/schema+json')
    expect(await schema.json()).toMatchObject({ type: 'object' })
  })
})

test('closing lets what is in flight finish and closes every connection', async () => {
  const { url, server, kafka } = await start()
  await postEvent(url, nativeEvent(), SECRET)
  const { promise, resolve } = Promise.withResolvers<void>()
  kafka.gate = promise
  const inFlight = postEvent(url, nativeEvent(), SECRET)
  await expect.poll(() => kafka.batches).toBe(2)
  let isClosed = false
  const closed = server.close().then(() => {
    isClosed = true
  })
  await expect.poll(() => fetch(url + PATH).catch(() => 'refused')).toBe('refused')
  expect(isClosed).toBe(false)
  resolve()
  expect((await inFlight).status).toBe(202)
  await closed
})
