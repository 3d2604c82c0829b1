import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { describe, expect, test } from 'vitest'
import { createClockGuard, estimateSkew } from './clock-guard.ts'

const logger = createLogger('test', 'fatal')

function clocks() {
  const state = { monotonic: 1_000, skew: 0, roundTrip: 0, away: false }
  const database = () => 1_700_000_000_000 + state.monotonic
  const guard = createClockGuard({
    readDatabaseTime: async () => {
      if (state.away) throw new Error('away')
      state.monotonic += state.roundTrip / 2
      const time = database()
      state.monotonic += state.roundTrip / 2
      return time
    },
    now: () => database() + state.skew,
    monotonic: () => state.monotonic,
    logger,
  })
  return { state, guard }
}

describe('the clock guard', () => {
  test('trusts the clock until it knows better', () => {
    expect(clocks().guard.isOff()).toBe(false)
    expect(clocks().guard.skewMs()).toBeUndefined()
  })

  test.each([
    [29_999, false],
    [30_000, false],
    [30_001, true],
    [-30_001, true],
    [7_200_000, true],
  ])('a clock %i ms off the database is off: %s', async (skew, off) => {
    const { state, guard } = clocks()
    state.skew = skew
    await guard.compare()
    expect(guard.isOff()).toBe(off)
    expect(guard.check().ok).toBe(!off)
    expect(guard.skewMs()).toBe(skew)
  })

  test('allows for half the round trip', async () => {
    const { state, guard } = clocks()
    state.roundTrip = 2_000
    state.skew = 30_900
    await guard.compare()
    expect(guard.isOff()).toBe(false)
    state.skew = 31_100
    await guard.compare()
    expect(guard.isOff()).toBe(true)
  })

  test('sees a jump of the clock at once, not at the next comparison', async () => {
    const { state, guard } = clocks()
    await guard.compare()
    state.skew = 40_000
    expect(guard.isOff()).toBe(true)
    state.skew = 0
    expect(guard.isOff()).toBe(false)
  })

  test('keeps what it knew while the database is away', async () => {
    const { state, guard } = clocks()
    state.skew = 60_000
    await guard.compare()
    state.away = true
    await guard.compare()
    expect(guard.isOff()).toBe(true)
  })

  test('estimates the skew from the middle of the round trip', () => {
    expect(estimateSkew(10_100, 10_000, 200)).toEqual({ skewMs: 0, uncertaintyMs: 100 })
  })
})
