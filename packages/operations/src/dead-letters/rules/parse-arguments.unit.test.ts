import { expect, test } from 'vitest'
import { parseLimit, parseLocation, parseRate, parseTime } from './parse-arguments.ts'

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

test('a place is topic, partition and offset', () => {
  expect(parseLocation('a.b-c_1.dlq/0/12')).toEqual({ topic: 'a.b-c_1.dlq', partition: 0, offset: 12 })
  for (const text of ['a', 'a/1', 'a/b/1', 'a/1/-1', 'a b/1/1', 'a/1/1/1']) {
    expect(() => parseLocation(text)).toThrow('write TOPIC/PARTITION/OFFSET')
  }
})

test('a rate is messages a second, and a limit at least one', () => {
  expect([parseRate('100/s'), parseRate('7')]).toEqual([100, 7])
  for (const text of ['0', '1.5/s', '10/m', '-1', '']) expect(() => parseRate(text)).toThrow('messages a second')
  expect(parseLimit('200')).toBe(200)
  expect(() => parseLimit('0')).toThrow('write a number')
})
