import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../test-kit/open-connection.ts'
import { signedRequest, statusesIn } from '../test-kit/raw-requests.ts'
import { startTestIngest, type TestIngest, type TestIngestOptions } from '../test-kit/start-test-ingest.ts'
import { PERSON_CHANGE_PATH } from './webhook-routes.ts'

const start = (connectionLimits: TestIngestOptions['connectionLimits'] = {}) =>
  startTestIngest(onTestFinished, { connectionLimits })

const open = ({ server }: TestIngest) => openConnection(server.port, onTestFinished)

const HEAD = `POST ${PERSON_CHANGE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`

describe('a sender that is too slow', () => {
  const limits = { headersTimeoutMs: 50, requestTimeoutMs: 100, checkEveryMs: 10 }

  test.each([
    ['sends nothing at all', ''],
    ['begins its headers and stops', HEAD],
    ['begins its body and stops', `${HEAD}content-length: 100\r\n\r\n{`],
    ['begins a chunk and stops', `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{`],
  ])('is answered 408 and parted from where it %s', async (_what, bytes) => {
    const ingest = await start(limits)
    const connection = await open(ingest)
    connection.send(bytes)
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/)
    expect(await ingest.registry.getSingleMetricAsString('ingest_requests_unread_total')).toContain(
      '{reason="request_timeout"} 1',
    )
  })

  test('is parted from even where it never closes its own end', async () => {
    const ingest = await start(limits)
    const connection = await openConnection(ingest.server.port, onTestFinished, { staysOpen: true })
    await expect.poll(() => connection.received()).toContain('request_timeout')
    await expect.poll(() => ingest.server.countConnections(), { timeout: 10_000 }).toBe(0)
  })

  test('is parted from where it reads none of its answers', async () => {
    const ingest = await start({ silenceTimeoutMs: 200 })
    const connection = await open(ingest)
    connection.stopReading()
    connection.send('GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000))
    await expect.poll(() => ingest.server.countConnections()).toBe(1)
    await expect.poll(() => ingest.server.countConnections(), { timeout: 10_000 }).toBe(0)
  })
})

describe('headers', () => {
  const headerLines = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: y`)

  test('are taken up to a hundred, and one more is 431 and the end of the connection', async () => {
    const ingest = await start()
    const connection = await open(ingest)
    connection.send(signedRequest(nativeEvent(), headerLines(95)))
    connection.send(signedRequest(nativeEvent(), headerLines(96)))
    connection.send(signedRequest(nativeEvent()))
    const received = await connection.closed
    expect(statusesIn(received)).toEqual(['202', '431'])
    expect(received).toContain('headers_too_large')
    expect(ingest.kafka.published).toHaveLength(1)
  })

  test('that are larger than 16 KiB together are 431, also without an end', async () => {
    const ingest = await start()
    const connection = await open(ingest)
    connection.send(HEAD + `x: ${'y'.repeat(1_000)}\r\n`.repeat(17))
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('that ask for another protocol are only headers', async () => {
    const ingest = await start()
    const connection = await open(ingest)
    connection.send(signedRequest(nativeEvent(), ['connection: upgrade, close', 'upgrade: websocket']))
    expect(statusesIn(await connection.closed)).toEqual(['202'])
  })

  test.each([
    ['content-encoding: gzip', 'content-length: 2\r\n\r\n{}'],
    ['content-encoding: gzip', 'transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['transfer-encoding: gzip, chunked', '\r\n2\r\n{}\r\n0\r\n\r\n'],
  ])('of a compressed body (%s) are 415', async (line, rest) => {
    const ingest = await start()
    const connection = await open(ingest)
    connection.send(`${HEAD}connection: close\r\n${line}\r\n${rest}`)
    expect(statusesIn(await connection.closed)).toEqual(['415'])
  })
})

describe('connections', () => {
  test('beyond the most that may be open are closed at once and counted, and one that closes makes room', async () => {
    const ingest = await start({ maxConnections: 2 })
    const kept = [await open(ingest), await open(ingest)]
    await expect.poll(() => ingest.server.countConnections()).toBe(2)
    const refused = await open(ingest)
    expect(await refused.closed).toBe('')
    expect(await ingest.registry.getSingleMetricAsString('ingest_connections_dropped_total')).toMatch(/ 1$/m)
    expect(await ingest.registry.getSingleMetricAsString('ingest_connections')).toMatch(/ 2$/m)
    kept[0]?.end()
    await kept[0]?.closed
    await expect.poll(() => ingest.server.countConnections()).toBe(1)
    const next = await open(ingest)
    next.send(signedRequest(nativeEvent(), ['connection: close']))
    expect(statusesIn(await next.closed)).toEqual(['202'])
  })

  test('may send the next requests before the answers, which come in order', async () => {
    const ingest = await start()
    const connection = await open(ingest)
    const event = nativeEvent()
    connection.send(
      [
        signedRequest(event),
        signedRequest({ ...nativeEvent(), type: 'no.person' }),
        `${HEAD}content-length: 2\r\n\r\n{}`,
        signedRequest(event, ['connection: close']),
      ].join(''),
    )
    expect(statusesIn(await connection.closed)).toEqual(['202', '400', '401', '200'])
  })
})
