import { expect, test } from 'vitest'
import { parseTime } from './parse-time.ts'

const now = new Date('2026-11-09T12:00:00Z')

test('a time is how long ago, a date or an RFC 3339 time', () => {
  expect(parseTime('90m', now)).toEqual(new Date('2026-11-09T10:30:00Z'))
  expect(parseTime('30d', now)).toEqual(new Date('2026-10-10T12:00:00Z'))
  expect(parseTime('2026-11-01', now)).toEqual(new Date('2026-11-01T00:00:00Z'))
  expect(parseTime('2026-11-01T10:00:00+02:00', now)).toEqual(new Date('2026-11-01T08:00:00Z'))
})

test.each(['', 'yesterday', '2026-02-30', '2026-11-01T10:00:00', '5', '-2h', '2w'])(
  '%j is refused as a time',
  (text) => {
    expect(() => parseTime(text, now)).toThrow('is no time: write how long ago')
  },
)
