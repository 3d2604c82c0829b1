import { expect, test } from 'vitest'
import { accuracyOf, countConfusion, scoresOf } from './confusion.ts'

const confusion = countConfusion(
  ['vp', 'director'],
  [
    ['vp', 'vp'],
    ['vp', 'director'],
    ['director', 'director'],
    ['director', 'director'],
  ],
)

test('rows are the labels given, columns those read', () => {
  expect(confusion.counts).toEqual([
    [1, 1],
    [0, 2],
  ])
})

test('accuracy, precision and recall are shares of the right pairs', () => {
  expect(accuracyOf(confusion)).toBe(0.75)
  expect(scoresOf(confusion)).toEqual([
    { label: 'vp', precision: 1, recall: 0.5, titles: 2 },
    { label: 'director', precision: 2 / 3, recall: 1, titles: 2 },
  ])
})

test('a label that is not in the list is an error, not a silent miss', () => {
  expect(() => countConfusion(['vp'], [['vp', 'chief']])).toThrow('"chief" is none of vp')
})
