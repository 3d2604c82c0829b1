import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../metrics.ts'
import { TEST_LIMITS } from '../test-kit/start-test-ingest.ts'
import { startServer } from './start-server.ts'

const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'

const answer: RequestListener = (_request, response) => void response.end('yes\n')

const start = (listener: RequestListener = answer, drainDelayMs = 0) =>
  startServer(listener, {
    port: 0,
    host: '127.0.0.1',
    drainDelayMs,
    limits: TEST_LIMITS,
    refuseUnread: () => undefined,
    metrics: createMetrics(new Registry()),
  })

/** A connection that stays open on our side until told otherwise, and what has come over it. */
async function openConnection(port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  let error: NodeJS.ErrnoException | undefined
  let isParted = false
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('end', () => {
    isParted = true
  })
  socket.on('error', (reason) => {
    error = reason
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return {
    socket: socket as Socket,
    send: (bytes: string) => socket.write(bytes),
    answers: () => received.match(/^HTTP\/1\.1 200 /gm)?.length ?? 0,
    received: () => received,
    isParted: () => isParted,
    closed,
    error: () => error?.code,
  }
}

test('while balancers take notice, who is there and who comes is answered and asked to go elsewhere', async () => {
  const server = await start(answer, 60_000)
  const there = await openConnection(server.port)
  there.send(REQUEST)
  await expect.poll(there.answers).toBe(1)
  expect(there.received()).toContain('Connection: keep-alive')

  void server.close() // still waiting when the test is over
  const coming = await openConnection(server.port)
  for (const { send } of [there, coming]) send(REQUEST)
  await expect.poll(there.answers).toBe(2)
  await expect.poll(coming.answers).toBe(1)
  for (const { received, isParted } of [there, coming]) {
    expect(received()).toMatch(/connection: close/)
    await expect.poll(isParted).toBe(true)
  }
})

test('a request that crosses the end of an idle connection is not processed, and not answered with a reset', async () => {
  let requests = 0
  const server = await start((request, response) => {
    requests += 1
    answer(request, response)
  })
  const idle = await openConnection(server.port)
  idle.send(REQUEST)
  await expect.poll(idle.answers).toBe(1)
  const closed = server.close()
  await expect.poll(idle.isParted).toBe(true)

  idle.send(REQUEST)
  idle.send(`POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n`)
  idle.socket.end()
  await idle.closed
  expect(idle.error()).toBeUndefined()
  expect(requests).toBe(1)
  await closed
})

test('a sender that goes right on while the listener closes is answered', async () => {
  const server = await start()
  const busy = await openConnection(server.port)
  const closed = server.close()
  busy.send(REQUEST)
  await expect.poll(busy.answers).toBe(1)
  busy.socket.end()
  await closed
  expect(busy.error()).toBeUndefined()
})

test('requests that were sent ahead do not turn the last answer into a reset', async () => {
  const held: (() => void)[] = []
  const server = await start((_request, response) => void held.push(() => response.end('x'.repeat(100_000))))
  const { port } = server
  const eager = await openConnection(port)
  const closed = server.close()
  eager.send(REQUEST)
  await expect.poll(() => held.length).toBe(1)
  eager.send(REQUEST.repeat(1_000))
  held[0]?.()
  await expect.poll(eager.isParted).toBe(true)
  eager.send(REQUEST.repeat(1_000))
  eager.socket.end()
  await eager.closed
  expect(eager.error()).toBeUndefined()
  expect(eager.answers()).toBe(1)
  expect(eager.received().length).toBeGreaterThan(100_000)
  await closed
})

test('who does not close his side is waited for no longer than a second', async () => {
  const server = await start()
  const stubborn = await openConnection(server.port)
  stubborn.send(REQUEST)
  await expect.poll(stubborn.answers).toBe(1)
  await server.close()
  expect(stubborn.isParted()).toBe(true)
  expect(stubborn.error()).toBeUndefined()
})
