import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLimitRate } from './limit-rate.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a source may send so many events a second and is told to wait a whole second for more', async () => {
  const limitRate = createLimitRate(2)
  expect([
    await limitRate({ name: 'test' }, 1),
    await limitRate({ name: 'test' }, 1),
    await limitRate({ name: 'test' }, 1),
  ]).toEqual([undefined, undefined, 1])
  vi.advanceTimersByTime(999)
  expect(await limitRate({ name: 'test' }, 1)).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await limitRate({ name: 'test' }, 1)).toBeUndefined()
})

test('one source uses up nothing of another', async () => {
  const limitRate = createLimitRate(1)
  await limitRate({ name: 'test' }, 1)
  expect(await limitRate({ name: 'test' }, 1)).toBe(1)
  expect(await limitRate({ name: 'linkedin' }, 1)).toBeUndefined()
})

test('without a limit nobody waits', async () => {
  const limitRate = createLimitRate(undefined)
  for (let count = 0; count < 1_000; count += 1) expect(await limitRate({ name: 'test' }, 1)).toBeUndefined()
})
