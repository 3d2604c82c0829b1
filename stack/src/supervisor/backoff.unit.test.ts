import { expect, it } from 'vitest'
import { restartDelay } from './backoff.ts'

it('waits twice as long after each death, up to the longest wait', () => {
  const backoff = { firstMs: 500, mostMs: 30_000 }
  expect([1, 2, 3, 4].map((deaths) => restartDelay(deaths, backoff))).toEqual([500, 1_000, 2_000, 4_000])
  expect(restartDelay(2_000, backoff)).toBe(30_000)
})
