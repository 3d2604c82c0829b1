import { expect, test } from 'vitest'
import { halfOf } from './split.ts'

test('a title stays in its half for ever: published figures hold for these halves alone', () => {
  expect(['CEO', 'VP Sales', 'Manager'].map(halfOf)).toEqual(['tuning', 'tuning', 'tuning'])
  expect(['Intern', 'CTO', 'Director'].map(halfOf)).toEqual(['held-out', 'held-out', 'held-out'])
})

test('spellings of one title stand in one half', () => {
  expect(halfOf('  vice-president,  SALES ')).toBe(halfOf('Vice President Sales'))
})
