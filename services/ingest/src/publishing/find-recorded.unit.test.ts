import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { createGuards } from '@buyer-group/shared/resilience/create-guards.ts'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MONGODB_LIMITS } from '../guards.ts'
import { createFindRecorded, type FindRecordedOptions } from './find-recorded.ts'

const logger = createLogger('test', 'silent')

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Found {
  readonly idempotencyKey: string
  readonly bodySha256: string
}

/** A lookup over a collection whose every answer is what `answer` promises; counts how often it was asked. */
function harness(answer: () => Promise<Found[]>) {
  const counts = { asked: 0, skipped: 0 }
  const find = () => {
    counts.asked += 1
    return { toArray: answer }
  }
  const findRecorded = createFindRecorded({
    events: { find } as unknown as FindRecordedOptions['events'],
    guard: createGuards({ mongodb: MONGODB_LIMITS }, new Registry(), logger).mongodb,
    logger,
    onSkipped: () => {
      counts.skipped += 1
    },
  })
  /** Looks up and tells how many milliseconds that took. */
  const lookUp = async () => {
    const start = Date.now()
    const lookup = findRecorded(['test:1']).then((found) => ({ found, tookMs: Date.now() - start }))
    await vi.advanceTimersByTimeAsync(500)
    return lookup
  }
  return { lookUp, counts }
}

const recorded = { idempotencyKey: 'test:1', bodySha256: 'abc' }

test('what is recorded is found', async () => {
  const { lookUp, counts } = harness(async () => [recorded])
  expect(await lookUp()).toEqual({ found: new Map([['test:1', 'abc']]), tookMs: 0 })
  expect(counts).toEqual({ asked: 1, skipped: 0 })
})

test('a database that never answers costs half a second twice, then nothing', async () => {
  const { lookUp, counts } = harness(() => new Promise(() => {}))
  expect(await lookUp()).toEqual({ found: new Map(), tookMs: 500 })
  expect(await lookUp()).toEqual({ found: new Map(), tookMs: 500 })
  expect(await lookUp()).toEqual({ found: new Map(), tookMs: 0 })
  expect(await lookUp()).toEqual({ found: new Map(), tookMs: 0 })
  expect(counts).toEqual({ asked: 2, skipped: 4 })
})

test('a database that answers again is asked again', async () => {
  let isHung = true
  const { lookUp, counts } = harness(() => (isHung ? new Promise(() => {}) : Promise.resolve([recorded])))
  await lookUp()
  await lookUp()
  isHung = false
  await vi.advanceTimersByTimeAsync(2_000)
  expect((await lookUp()).found.size).toBe(1)
  expect((await lookUp()).found.size).toBe(1)
  expect(counts).toEqual({ asked: 4, skipped: 2 })
})

test('the failure of a lookup that was given up comes to nobody', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const { promise, reject } = Promise.withResolvers<Found[]>()
  const { lookUp } = harness(() => promise)
  expect((await lookUp()).tookMs).toBe(500)
  reject(new Error('connection closed'))
  vi.useRealTimers()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})
