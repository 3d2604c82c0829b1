import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPace, MAX_HOLD_OFF_MS } from './pace.ts'

const LATER = Date.parse('2026-01-15T01:00:00Z')
const FOREVER = new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers({ now: LATER - 3_600_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const open = (perSecond = 2) =>
  createPace({ perSecond, now: Date.now, pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) })

/** When each of so many requests went, in milliseconds from now. */
async function timesOf(pace: ReturnType<typeof open>, requests: number, withinMs: number) {
  const start = Date.now()
  const gone: number[] = []
  for (let request = 1; request <= requests; request += 1) {
    void pace.turn(LATER, FOREVER).then(() => gone.push(Date.now() - start))
  }
  await vi.advanceTimersByTimeAsync(withinMs)
  return gone
}

test('spreads requests, so that no second holds more than it may, wherever it begins', async () => {
  const pace = open(10)
  const early = await timesOf(pace, 1, 900)
  expect(early).toEqual([0])
  const gone = await timesOf(pace, 25, 2_500)
  expect(gone).toEqual(Array.from({ length: 25 }, (_, index) => index * 100))
})

test('lets as many go as it may where that is more than one in a millisecond', async () => {
  const gone = await timesOf(open(4_000), 4_000, 1_000)
  expect(gone).toHaveLength(4_000)
  expect(gone.filter((at) => at < 100).length).toBeLessThanOrEqual(400)
})

test('lets calls go in the order in which they came', async () => {
  const pace = open()
  const gone: string[] = []
  for (const name of ['a', 'b', 'c']) void pace.turn(LATER, FOREVER).then(() => gone.push(name))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(gone).toEqual(['a', 'b', 'c'])
})

test('refuses at once whose turn would come after the deadline', async () => {
  const pace = open(1)
  await pace.turn(LATER, FOREVER)
  await expect(pace.turn(Date.now() + 500, FOREVER)).rejects.toMatchObject({
    code: 'people_source_throttled',
    fate: 'unavailable',
    message: expect.stringContaining('PEOPLE_SOURCE_RATE'),
  })
})

test('gives no turn to a call that was ended, which so costs the others none', async () => {
  const pace = open(1)
  await pace.turn(LATER, FOREVER)
  const caller = new AbortController()
  const ended = [1, 2, 3].map(() => expect(pace.turn(LATER, caller.signal)).rejects.toThrow('ended'))
  const gone = vi.fn()
  void pace.turn(LATER, FOREVER).then(gone)
  caller.abort(new Error('ended'))
  await vi.advanceTimersByTimeAsync(1_000)
  await Promise.all(ended)
  expect(gone).toHaveBeenCalled()
})

test('holds everybody off for as long as the provider asked for, the longest counts', async () => {
  const pace = open(100)
  expect(pace.holdOff(5_000)).toBe(5_000)
  pace.holdOff(1_000)
  const gone = vi.fn()
  void pace.turn(LATER, FOREVER).then(gone)
  await vi.advanceTimersByTimeAsync(4_999)
  expect(gone).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(gone).toHaveBeenCalled()
})

test('holds off calls that wait for their turn already', async () => {
  const pace = open(1)
  await pace.turn(LATER, FOREVER)
  const gone = vi.fn()
  void pace.turn(LATER, FOREVER).then(gone)
  await vi.advanceTimersByTimeAsync(500)
  pace.holdOff(5_000)
  await vi.advanceTimersByTimeAsync(4_999)
  expect(gone).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(gone).toHaveBeenCalled()
})

test('does not wait where the provider asked for more than the deadline, and says how long is left', async () => {
  const pace = open()
  pace.holdOff(60_000)
  await vi.advanceTimersByTimeAsync(10_000)
  await expect(pace.turn(Date.now() + 30_000, FOREVER)).rejects.toMatchObject({
    code: 'people_source_throttled',
    fate: 'unavailable',
    retryAfterMs: 50_000,
  })
})

test('does not believe a provider that wants to be left alone for years', () => {
  expect(open().holdOff(1e12)).toBe(MAX_HOLD_OFF_MS)
})
