import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../test-kit/open-connection.ts'
import { signedRequest, statusesIn } from '../test-kit/raw-requests.ts'
import { startTestIngest } from '../test-kit/start-test-ingest.ts'
import { PERSON_CHANGE_PATH } from './webhook-routes.ts'

/** An ingest whose event loop seems to be so late (milliseconds), of whose requests every tenth is taken if it is too late. */
async function start() {
  const loop = { delayMs: 0 }
  let draws = 0
  const ingest = await startTestIngest(onTestFinished, {
    eventLoopDelayMs: () => loop.delayMs,
    // One draw decides, another one spreads the Retry-After.
    random: () => (draws++ % 19 === 18 ? 0.95 : 0.5),
  })
  const connection = await openConnection(ingest.server.port, onTestFinished)
  return { ...ingest, loop, connection }
}

test('an overloaded ingest refuses most requests before it reads them, keeps the connection, and recovers by itself', async () => {
  const { loop, connection, kafka, registry } = await start()
  loop.delayMs = 10_000
  connection.send(Array.from({ length: 20 }, () => signedRequest(nativeEvent())).join(''))
  await expect.poll(() => statusesIn(connection.received())).toHaveLength(20)
  expect(Map.groupBy(statusesIn(connection.received()), (status) => status).get('202')).toHaveLength(2)
  expect(connection.received()).toMatch(/HTTP\/1\.1 503 [\s\S]*?retry-after: 3\r\n[\s\S]*?"code":"unavailable"/)
  expect(kafka.published).toHaveLength(2)
  expect(await registry.getSingleMetricAsString('ingest_requests_shed_total')).toContain('{reason="event_loop"} 18')

  loop.delayMs = 100
  connection.send(signedRequest(nativeEvent(), ['connection: close']))
  expect(statusesIn(await connection.closed).at(-1)).toBe('202')
})

test('a refused body is not waited for before the answer, and whoever asked before sending it is not told to go on', async () => {
  const { loop, connection, server } = await start()
  loop.delayMs = 10_000
  const head = `POST ${PERSON_CHANGE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5\r\n`
  connection.send(`${head}\r\n`)
  await expect.poll(() => statusesIn(connection.received())).toEqual(['503'])
  connection.send(`{"a":GET / HTTP/1.1\r\nhost: x\r\n\r\n`)
  await expect.poll(() => statusesIn(connection.received())).toEqual(['503', '503'])

  const asking = await openConnection(server.port, onTestFinished)
  asking.send(`${head}expect: 100-continue\r\n\r\n`)
  const received = await asking.closed
  expect(statusesIn(received)).toEqual(['503'])
  expect(received.toLowerCase()).toContain('connection: close')
})
