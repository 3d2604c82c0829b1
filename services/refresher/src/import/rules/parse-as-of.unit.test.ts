import { expect, test } from 'vitest'
import { parseAsOf } from './parse-as-of.ts'

const now = new Date('2026-01-01T00:00:00Z')

test.each([
  ['2012-11-09', '2012-11-09T00:00:00.000Z'],
  ['2012-11-27T16:00:35-05:00', '2012-11-27T21:00:35.000Z'],
  ['2024-02-29T00:00:00.5Z', '2024-02-29T00:00:00.500Z'],
  ['2026-01-01T20:00:00Z', '2026-01-01T20:00:00.000Z'],
])('reads %s', (text, expected) => {
  expect(parseAsOf(text, now).toISOString()).toBe(expected)
})

test.each([
  'yesterday',
  '',
  '2012',
  '2012-11',
  '09.11.2012',
  '2012-13-01',
  '2023-02-29',
  '2023-02-30T00:00:00Z',
  '2012-11-09T25:00:00Z',
  '2012-11-09T16:00:35',
  '1352480435000',
])('refuses %j', (text) => {
  expect(() => parseAsOf(text, now)).toThrow('is no time')
})

test('refuses a time that would win over every change to come', () => {
  expect(() => parseAsOf('2026-01-03', now)).toThrow('lies in the future')
})
