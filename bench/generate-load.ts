import { createSecretKey, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createHistogram } from 'node:perf_hooks'
import { signatureOf } from '@buyer-group/ingest/schemes/native.ts'

/**
 * Posts signed events with new ids over keep-alive connections, one request at a time on each, for a while, and prints
 * one JSON line. A process of its own, on bare sockets, so that the generator takes as little of the machine as it can.
 * Arguments: port, connections, seconds. The secret is WEBHOOK_SECRET.
 */
const [port = 0, connections = 64, seconds = 5] = process.argv.slice(2).map(Number)
const key = createSecretKey(Buffer.from(process.env.WEBHOOK_SECRET ?? '', 'utf8'))
const run = randomUUID().slice(0, 8)
const latencyMicros = createHistogram()
const statuses: Record<string, number> = {}
let count = 0

/** About 460 bytes, as providers' events are; over many companies. */
function nextBody(): Buffer {
  count += 1
  return Buffer.from(
    `{"id":"evt_${run}_${count}","source":"test","type":"person.promotion","timestamp":"2026-01-15T09:30:00.000Z",` +
      `"person":{"id":"person-${count % 100_000}","name":"Alexandra Example-Person","email":"person${count % 100_000}@example.com",` +
      `"oldTitle":"Director of Finance","newTitle":"Chief Financial Officer","department":"Finance"},` +
      `"company":{"id":"company-${count % 5_000}","name":"Example Company ${count % 5_000}"},` +
      `"changes":{"title":{"old":"Director of Finance","new":"Chief Financial Officer"}}}`,
  )
}

function nextRequest(): Buffer {
  const body = nextBody()
  const timestamp = String(Date.now())
  const signature = signatureOf(timestamp, body, key).toString('hex')
  const head =
    `POST /api/webhooks/person-change HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
    `x-timestamp: ${timestamp}\r\nx-signature: ${signature}\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

const end = performance.now() + seconds * 1_000

function drive(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ''
    let sentAt = 0
    const send = () => {
      sentAt = performance.now()
      socket.write(nextRequest())
    }
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd === -1) return
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (received.length < headEnd + 4 + length) return
      const status = received.slice(9, 12)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === '202') latencyMicros.record(Math.max(1, Math.round((performance.now() - sentAt) * 1_000)))
      received = ''
      if (performance.now() < end) send()
      else socket.end(resolve)
    })
    socket.once('error', reject)
    socket.once('connect', send)
  })
}

const start = performance.now()
const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }))
await Promise.all(sockets.map(drive))
const elapsed = (performance.now() - start) / 1_000
console.log(
  JSON.stringify({
    acceptedPerSecond: (statuses['202'] ?? 0) / elapsed,
    p50Ms: latencyMicros.percentile(50) / 1_000,
    p99Ms: latencyMicros.percentile(99) / 1_000,
    statuses,
  }),
)
