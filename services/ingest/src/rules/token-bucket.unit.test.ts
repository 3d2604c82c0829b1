import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTokenBucket } from './token-bucket.ts'

/** Takes where that is allowed. */
function tryTake(bucket: ReturnType<typeof createTokenBucket>, events: number, now: number): boolean {
  if (bucket.waitMs(events, now) > 0) return false
  bucket.take(events, now)
  return true
}

describe('a token bucket', () => {
  test('gives its burst at once and then its rate, and says how long a token takes', () => {
    const bucket = createTokenBucket(4, 2, 1_000)
    expect([1, 2, 3].map(() => tryTake(bucket, 1, 1_000))).toEqual([true, true, false])
    expect(bucket.waitMs(1, 1_000)).toBe(250)
    expect(bucket.waitMs(2, 1_100)).toBe(400)
    expect(tryTake(bucket, 1, 1_249)).toBe(false)
    expect(tryTake(bucket, 1, 1_250)).toBe(true)
  })

  test('keeps no more than its burst, however long nothing comes', () => {
    const bucket = createTokenBucket(10, 3, 0)
    expect(Array.from({ length: 5 }, () => tryTake(bucket, 1, 3_600_000))).toEqual([true, true, true, false, false])
  })

  test('takes a delivery that is larger than its burst when it is full, and then waits until that is made up for', () => {
    const bucket = createTokenBucket(10, 10, 0)
    expect(tryTake(bucket, 1, 0)).toBe(true)
    expect(bucket.waitMs(35, 0)).toBe(100)
    expect(tryTake(bucket, 35, 100)).toBe(true)
    expect(bucket.waitMs(1, 100)).toBe(2_600)
    expect(tryTake(bucket, 1, 2_700)).toBe(true)
  })

  test('never gives more than burst, rate and one delivery, and always after the wait that it named', () => {
    const deliveries = fc.array(fc.record({ events: fc.integer({ min: 1, max: 50 }), later: fc.nat({ max: 2_000 }) }))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        deliveries,
        (rate, burst, all) => {
          const bucket = createTokenBucket(rate, burst, 0)
          let now = 0
          let taken = 0
          let largest = 0
          for (const { events, later } of all) {
            now += later
            largest = Math.max(largest, events)
            if (tryTake(bucket, events, now)) taken += events
          }
          expect(taken).toBeLessThanOrEqual(burst + (rate * now) / 1_000 + Math.max(0, largest - burst) + 1e-6)
          const wait = bucket.waitMs(largest, now)
          expect(bucket.waitMs(largest, now + wait)).toBe(0)
        },
      ),
    )
  })
})
