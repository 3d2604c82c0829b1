import { expect, test } from 'vitest'
import { retryDelay } from './retry-delay.ts'

test.each([
  ['grows by its factor', { initialDelayMs: 10, maxDelayMs: 1_000 }, 3, 40],
  ['is no longer than the longest', { initialDelayMs: 10, maxDelayMs: 1_000 }, 5_000, 1_000],
  ['stays 0 where the first is 0', { initialDelayMs: 0, maxDelayMs: 1_000 }, 5_000, 0],
])('a delay %s', (_what, policy, attempt, expected) => {
  expect(retryDelay({ maxAttempts: 9, ...policy }, attempt, undefined, () => 1)).toBe(expected)
})
