import { createSecretKey, randomUUID } from 'node:crypto'
import { signatureOf } from '@buyer-group/ingest/schemes/native.ts'

export interface LoadRequestsOptions {
  readonly port: number
  readonly secret: string
  /** How many to make in advance, so that making them takes nothing from the servers while they are measured. */
  readonly prepared: number
}

/**
 * Hands out signed requests with new ids, whole and ready to be written: first those made in advance, with timestamps of
 * that moment, then new ones. All have the same length.
 */
export function createLoadRequests({ port, secret, prepared }: LoadRequestsOptions): () => Buffer {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  const run = randomUUID().slice(0, 8)
  let count = 0

  const make = () => {
    count += 1
    const body = bodyOf(run, count)
    const timestamp = String(Date.now())
    const signature = signatureOf(timestamp, body, key)
    const head =
      `POST /api/webhooks/person-change HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
      `x-timestamp: ${timestamp}\r\nx-signature: ${signature}\r\ncontent-length: ${body.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(head, 'latin1'), body])
  }

  // One piece of memory: hundreds of thousands of small buffers would keep the garbage collector busy.
  const { length } = make()
  const pool = Buffer.allocUnsafe(prepared * length)
  for (let index = 0; index < prepared; index += 1) make().copy(pool, index * length)

  let next = 0
  return () => {
    if (next === prepared) return make()
    next += 1
    return pool.subarray((next - 1) * length, next * length)
  }
}

/** About 460 bytes, as providers' events are; over many companies. */
function bodyOf(run: string, count: number): Buffer {
  const person = String(count % 100_000).padStart(5, '0')
  const company = String(count % 5_000).padStart(4, '0')
  return Buffer.from(
    `{"id":"evt_${run}_${String(count).padStart(8, '0')}","source":"test","type":"person.promotion","timestamp":"2026-01-15T09:30:00.000Z",` +
      `"person":{"id":"person-${person}","name":"Alexandra Example-Person","email":"person${person}@example.com",` +
      `"oldTitle":"Director of Finance","newTitle":"Chief Financial Officer","department":"Finance"},` +
      `"company":{"id":"company-${company}","name":"Example Company ${company}"},` +
      `"changes":{"title":{"old":"Director of Finance","new":"Chief Financial Officer"}}}`,
  )
}
