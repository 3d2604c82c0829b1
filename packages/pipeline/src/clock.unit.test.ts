import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'

describe("the system's clock", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const DAY_MS = 86_400_000

  test('calls after so many milliseconds, unless that is taken back', () => {
    const called: string[] = []
    systemClock.after(100, () => called.push('kept'))
    const takeBack = systemClock.after(100, () => called.push('taken back'))
    takeBack()
    vi.advanceTimersByTime(99)
    expect(called).toEqual([])
    vi.advanceTimersByTime(1)
    expect(called).toEqual(['kept'])
  })

  test('waits longer than one timer can', () => {
    const called: string[] = []
    systemClock.after(60 * DAY_MS, () => called.push('kept'))
    const takeBack = systemClock.after(60 * DAY_MS, () => called.push('taken back'))
    vi.advanceTimersByTime(59 * DAY_MS)
    expect(called).toEqual([])
    takeBack()
    vi.advanceTimersByTime(DAY_MS)
    expect(called).toEqual(['kept'])
  })
})
