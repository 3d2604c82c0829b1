import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jitteredDelay, remainingDelay } from './retry-delay.ts'

const HOUR_MS = 3_600_000

test('the jitter takes anything from nothing to the whole delay', () => {
  expect(jitteredDelay(5_000, 0)).toBe(0)
  expect(jitteredDelay(5_000, 0.999_999)).toBe(5_000)
})

test('what was put away waits for the rest of its delay', () => {
  expect(remainingDelay({ sentAt: 1_000, delayMs: 500, now: 1_200 })).toBe(300)
  expect(remainingDelay({ sentAt: 1_000, delayMs: 500, now: 9_000 })).toBe(0)
})

test('a clock that is hours off costs a message at most its delay', () => {
  fc.assert(
    fc.property(fc.integer({ min: -HOUR_MS, max: HOUR_MS }), fc.nat(600_000), (skew, delayMs) => {
      const left = remainingDelay({ sentAt: 1_700_000_000_000, delayMs, now: 1_700_000_000_000 + skew })
      expect(left).toBeGreaterThanOrEqual(0)
      expect(left).toBeLessThanOrEqual(delayMs)
    }),
  )
  expect(remainingDelay({ sentAt: Number.NaN, delayMs: 500, now: 0 })).toBe(0)
})
