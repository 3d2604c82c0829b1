import { expect, test } from 'vitest'
import { parseRetryAfter } from './parse-retry-after.ts'

const NOW = Date.parse('2026-01-15T00:00:00Z')

test.each([
  ['0', 0],
  [' 120 ', 120_000],
  ['Thu, 15 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 14 Jan 2026 00:00:00 GMT', 0],
  ['1.5', null],
  ['-1', null],
  ['99999999999999', null],
  ['soon', null],
  ['2026-01-15T00:01:00Z', null],
  ['', null],
  [null, null],
])('Retry-After: %s asks for %s ms', (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms)
})
