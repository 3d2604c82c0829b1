import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nativeScheme } from '../schemes/native.ts'
import { createSources } from '../sources/sources.ts'
import { countEventLines, readEventLines } from './read-event-lines.ts'
import { isAllTaken, replayEvents } from './replay-events.ts'

const SECRET = 'the-secret-of-the-provider'
const { allSecrets } = createSources([], [SECRET])

interface Attempt {
  readonly path: string
  readonly body: string
  readonly timestamp: string
  readonly isSigned: boolean
}

/** A receiver that answers each attempt as told; `undefined` cuts the connection. */
async function receiver(answer: (attempt: Attempt, index: number) => number | undefined) {
  const attempts: Attempt[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const timestamp = String(request.headers['x-timestamp'])
    const signed = { method: 'POST', target: String(request.url), headers: request.headers, body }
    const { ok } = nativeScheme.verify(signed, allSecrets, Date.now())
    const attempt = { path: String(request.url), body: String(body), timestamp, isSigned: ok }
    const status = answer(attempt, attempts.push(attempt) - 1)
    if (status === undefined) request.socket.destroy()
    else response.writeHead(status, status === 503 ? { 'retry-after': '1' } : {}).end(`{"code":"answer_${status}"}`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return { target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, attempts }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const options = { secret: SECRET, concurrency: 4 }

describe('replaying events', () => {
  test('posts each line as it stands, signed, to the endpoint', async () => {
    const { target, attempts } = await receiver((_attempt, index) => (index === 0 ? 202 : 200))
    const events = ['{"id":1}', '{"id": 2 }', '{"id":"é"}']
    const report = await replayEvents({ ...options, target, events, concurrency: 1 })
    expect(report).toMatchObject({
      sent: 3,
      accepted: 1,
      repeated: 2,
      refused: {},
      failed: {},
      answers: { 200: 2, 202: 1 },
    })
    expect(isAllTaken(report)).toBe(true)
    expect(report.latencyMs.p99).toBeGreaterThan(0)
    expect(attempts.map(({ body }) => body)).toEqual(events)
    expect(attempts.every(({ isSigned, path }) => isSigned && path === '/api/webhooks/person-change')).toBe(true)
  })

  test('posts to the whole address where it names one', async () => {
    const { target, attempts } = await receiver(() => 202)
    await replayEvents({ ...options, target: `${target}/api/webhooks/test`, events: ['{}'] })
    expect(attempts[0]?.path).toBe('/api/webhooks/test')
  })

  test('tries the same body again on 429, 503 and a cut connection, signed afresh and not before Retry-After', async () => {
    const answers = [429, undefined, 503, 202]
    const { target, attempts } = await receiver((_attempt, index) => answers[index])
    const report = await replayEvents({ ...options, target, events: ['{"id":1}'] })
    expect(report).toMatchObject({ sent: 1, accepted: 1, answers: { 429: 1, 503: 1, 202: 1 } })
    expect(new Set(attempts.map(({ body }) => body))).toEqual(new Set(['{"id":1}']))
    expect(new Set(attempts.map(({ timestamp }) => timestamp)).size).toBe(4)
    expect(Number(attempts[3]?.timestamp) - Number(attempts[2]?.timestamp)).toBeGreaterThanOrEqual(995)
  })

  test('gives a refused event up at once and one that is never taken after its attempts', async () => {
    const { target, attempts } = await receiver(({ body }) => (body === '{"bad":1}' ? 400 : 429))
    const report = await replayEvents({ ...options, target, events: ['{"bad":1}', '{}'], maxAttempts: 3 })
    expect(report).toMatchObject({ sent: 2, refused: { answer_400: 1 }, failed: { answer_429: 1 } })
    expect(isAllTaken(report)).toBe(false)
    expect(attempts).toHaveLength(4)
  })

  test('keeps to the rate and to the number at once', async () => {
    let open = 0
    let most = 0
    const { target } = await receiver(() => {
      open -= 1
      return 202
    })
    const events = function* () {
      for (let index = 0; index < 20; index += 1) {
        open += 1
        most = Math.max(most, open)
        yield '{}'
      }
    }
    const report = await replayEvents({ ...options, target, events: events(), ratePerSecond: 100 })
    expect(report.durationMs).toBeGreaterThanOrEqual(185)
    expect(most).toBeLessThanOrEqual(4)
  })

  test('starts nothing more once stopped', async () => {
    const stop = new AbortController()
    const { target } = await receiver(() => 202)
    const onProgress = () => stop.abort()
    const report = await replayEvents({
      ...options,
      target,
      events: Array(100).fill('{}'),
      signal: stop.signal,
      onProgress,
    })
    expect(report.sent).toBeLessThanOrEqual(options.concurrency + 1)
  })
})

describe('the lines of a file', () => {
  const all = async (path: string, limit?: number) => {
    const lines: string[] = []
    for await (const line of readEventLines(path, limit)) lines.push(line)
    return lines
  }

  test('are read from NDJSON and from gzip, whatever its name, up to a limit', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'replay-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const text = '{"id":1}\n\n{"id":2}\r\n{"id":3}'
    const plain = join(directory, 'events.ndjson')
    const packed = join(directory, 'packed.ndjson')
    await writeFile(plain, text)
    await writeFile(packed, gzipSync(text))
    expect(await all(plain)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}'])
    expect(await all(packed)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}'])
    expect(await all(packed, 2)).toHaveLength(2)
    expect(await countEventLines(packed)).toBe(3)
    await writeFile(packed, gzipSync(text).subarray(0, 20))
    await expect(all(packed)).rejects.toThrow()
    await expect(all(join(directory, 'nothing'))).rejects.toThrow('ENOENT')
  })
})
