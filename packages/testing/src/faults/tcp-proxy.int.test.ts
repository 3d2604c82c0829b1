import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** A server that notes what it receives and answers each chunk in capitals. */
async function startShouter() {
  const received: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      received.push(String(chunk))
      socket.write(String(chunk).toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { received, port: (server.address() as AddressInfo).port }
}

function openClient(proxy: TcpProxy) {
  const answers: string[] = []
  let ended = ''
  const socket: Socket = connect(proxy.port, '127.0.0.1')
  socket.on('data', (chunk) => answers.push(String(chunk)))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code ?? 'error'
  })
  socket.on('close', () => {
    ended ||= 'closed'
  })
  onTestFinished(() => void socket.destroy())
  return { say: (text: string) => socket.write(text), answers, ended: () => ended, close: () => socket.end() }
}

async function setUp() {
  const server = await startShouter()
  const proxy = await startTcpProxy(onTestFinished, server.port)
  const client = openClient(proxy)
  client.say('a')
  await expect.poll(() => client.answers).toEqual(['A'])
  return { server, proxy, client }
}

test('a network that hangs delivers what was sent meanwhile once it passes again', async () => {
  const { server, proxy, client } = await setUp()
  await proxy.set('hang')
  client.say('b')
  const other = openClient(proxy)
  other.say('c')
  await expect.poll(() => proxy.connections()).toBe(2)
  expect(server.received).toEqual(['a'])
  await proxy.set('pass')
  await expect.poll(() => client.answers).toEqual(['A', 'B'])
  await expect.poll(() => other.answers).toEqual(['C'])
})

test('a network that hangs hides the end of a client from the server until it passes again', async () => {
  const { proxy, client } = await setUp()
  await proxy.set('hang')
  client.close()
  expect(proxy.connections()).toBe(1)
  await proxy.set('pass')
  await expect.poll(() => proxy.connections()).toBe(0)
})

test('acknowledgements that are dropped were requests that arrived; their connection is reset afterwards', async () => {
  const { server, proxy, client } = await setUp()
  await proxy.set('dropAcknowledgements')
  client.say('b')
  await expect.poll(() => proxy.droppedBytes()).toBe(1)
  expect(server.received).toEqual(['a', 'b'])
  expect(client.answers).toEqual(['A'])
  await proxy.set('pass')
  await expect.poll(client.ended).toBe('ECONNRESET')
})

test('a network that resets ends connections that stand and those to come with RST', async () => {
  const { server, proxy, client } = await setUp()
  await proxy.set('reset')
  await expect.poll(client.ended).toBe('ECONNRESET')
  await expect.poll(openClient(proxy).ended).toBe('ECONNRESET')
  expect(server.received).toEqual(['a'])
})

test('a port that refuses ends connections that stand and lets none in until it passes again', async () => {
  const { proxy, client } = await setUp()
  await proxy.set('refuse')
  await expect.poll(client.ended).toBe('ECONNRESET')
  await expect.poll(openClient(proxy).ended).toBe('ECONNREFUSED')
  await proxy.set('pass')
  const later = openClient(proxy)
  later.say('d')
  await expect.poll(() => later.answers).toEqual(['D'])
})
