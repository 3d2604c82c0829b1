import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBLEMS } from '../problems.ts'
import type { BadRequest } from './bad-request.ts'
import { BAD_REQUESTS } from './corpus.ts'
import type { RawAnswer } from './exchange.ts'
import { slowSenders } from './kinds/slow-senders.ts'
import { SECRETS, startWatchedIngest, type WatchedIngest } from './watched-ingest.ts'

/** Short, so that slow senders are found soon; the pieces of a request come with pauses in between (milliseconds). */
const SHORT_LIMITS = { headersTimeoutMs: 1_000, requestTimeoutMs: 1_500, keepAliveTimeoutMs: 500, checkEveryMs: 50 }
const PAUSE_MS = 50

const releases: (() => Promise<void>)[] = []
const onEnd = (release: () => Promise<void>) => releases.push(release)
let ingest: WatchedIngest
let impatient: WatchedIngest

beforeAll(async () => {
  ingest = await startWatchedIngest(onEnd)
  impatient = await startWatchedIngest(onEnd, { connectionLimits: SHORT_LIMITS })
})

afterAll(async () => {
  for (const release of releases.reverse()) await release()
})

test('there are hundreds of them, each of its own name, with its canary unless it is cut off', () => {
  const all = [...Object.values(BAD_REQUESTS), slowSenders].flat()
  const sent = all.map(({ request }) => [request('canary')].flat().map(String).join(''))
  expect(all.length).toBeGreaterThan(300)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  const withoutCanary = all.filter((_request, index) => sent[index] !== '' && !sent[index]?.includes('canary'))
  expect(withoutCanary.every(({ ending }) => ending !== undefined)).toBe(true)
})

describe.each(Object.entries(BAD_REQUESTS))('%s', (_kind, requests) => {
  test.each(requests)('$name', async (request) => {
    const published = ingest.kafka.published.length
    const { answers, received, canary } = await ingest.send(request)

    expect(answers.map(toExpected)).toEqual(request.answers)
    if (request.issue !== undefined) expect(issuesIn(answers)).toContain(request.issue)
    for (const text of [canary, ...SECRETS]) expect(received).not.toContain(text)
    expect(ingest.kafka.published).toHaveLength(published)

    expect(await ingest.postGood()).toBe(202)
  })
})

describe('slow senders', () => {
  test.concurrent.each(slowSenders)('$name', async (request: BadRequest) => {
    const { answers, received, canary } = await impatient.send(request, PAUSE_MS)
    expect(answers.map(toExpected)).toEqual(request.answers)
    expect(received).not.toContain(canary)
  })

  test('are followed by a good request', async () => {
    expect(await impatient.postGood()).toBe(202)
  })
})

describe('all of them together', () => {
  test('leave no log line that holds more than a code', () => {
    const lines = [...ingest.logLines, ...impatient.logLines].map((line) => JSON.parse(line))
    expect(lines.length).toBeGreaterThan(0)
    for (const { level, time, service, leftOut = 1, ...line } of lines) {
      expect(leftOut).toBeTypeOf('number')
      expect({ level, time, service }).toEqual({ level: 'info', time: expect.any(String), service: 'test' })
      expect(line).toEqual({
        message: 'webhook refused',
        code: expect.toBeOneOf(Object.keys(PROBLEMS)),
        status: expect.any(Number),
      })
    }
  })

  test('leave nothing of themselves in metrics, and no secret', async () => {
    for (const { registry } of [ingest, impatient]) {
      const metrics = await registry.metrics()
      for (const text of ['canary', 'smuggled', ...SECRETS]) expect(metrics).not.toContain(text)
      expect(metrics).not.toMatch(/status="5/)
    }
  })

  test('store nothing', async () => {
    expect(await ingest.storedDocuments()).toBe(0)
    expect(await impatient.storedDocuments()).toBe(0)
  })

  test('publish nothing: what is published is the good requests alone', () => {
    const events = ingest.kafka.published.map(({ value }) => JSON.parse(String(value)))
    expect(events).toHaveLength(Object.values(BAD_REQUESTS).flat().length)
    expect(events.filter(({ payload }) => payload.includes('canary'))).toEqual([])
  })

  test('leave no connection open', async () => {
    for (const { server } of [ingest, impatient]) await expect.poll(() => server.countConnections()).toBe(0)
  })
})

/** As the corpus writes it. */
function toExpected({ status, body }: RawAnswer): string {
  const code = body === '' ? undefined : JSON.parse(body).code
  return code === undefined ? `${status}` : `${status} ${code}`
}

function issuesIn(answers: readonly RawAnswer[]): string[] {
  return answers.flatMap(({ body }) => JSON.parse(body).issues.map(({ path }: { path: string[] }) => path.join('.')))
}
