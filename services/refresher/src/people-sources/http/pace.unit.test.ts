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

const open = (more: { perSecond?: number; queue?: number } = {}) =>
  createPace({
    perSecond: 2,
    queue: 10,
    now: Date.now,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...more,
  })

test('lets so many requests go a second, the others in the order in which they came', async () => {
  const pace = open()
  const gone: number[] = []
  for (let request = 1; request <= 5; request += 1) void pace.turn(LATER, FOREVER).then(() => gone.push(request))
  await vi.advanceTimersByTimeAsync(0)
  expect(gone).toEqual([1, 2])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(gone).toEqual([1, 2, 3, 4])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(gone).toEqual([1, 2, 3, 4, 5])
})

test('refuses more than may wait, and whoever waits past the deadline', async () => {
  const pace = open({ perSecond: 1, queue: 1 })
  await pace.turn(LATER, FOREVER)
  const late = expect(pace.turn(Date.now() + 500, FOREVER)).rejects.toMatchObject({ code: 'people_source_throttled' })
  await expect(pace.turn(LATER, FOREVER)).rejects.toMatchObject({
    code: 'people_source_throttled',
    fate: 'unavailable',
  })
  await vi.advanceTimersByTimeAsync(1_000)
  await late
})

test('holds everybody off for as long as the provider asked for, the longest counts', async () => {
  const pace = open({ perSecond: 100 })
  expect(pace.holdOff(5_000)).toBe(5_000)
  pace.holdOff(1_000)
  const gone = vi.fn()
  void pace.turn(LATER, FOREVER).then(gone)
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
