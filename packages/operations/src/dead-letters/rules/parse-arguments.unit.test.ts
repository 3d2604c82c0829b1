import { expect, test } from 'vitest'
import { parseLimit, parseLocation, parseRate } from './parse-arguments.ts'

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
