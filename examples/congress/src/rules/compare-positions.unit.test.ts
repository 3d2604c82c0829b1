import { expect, test } from 'vitest'
import { comparePositions, type Held } from './compare-positions.ts'

const held = (companyId: string, personId: string, title = 'Member'): Held => ({ companyId, personId, title })

test('equal positions are equal in any order', () => {
  const truth = [held('a', '1'), held('a', '2'), held('b', '1')]
  expect(comparePositions(new Set(['a', 'b']), truth, truth.toReversed())).toEqual({
    companies: 2,
    equal: 2,
    differences: [],
  })
})

test('a company that ends empty is equal only if it has no position', () => {
  expect(comparePositions(new Set(['a', 'empty']), [held('a', '1')], [held('a', '1')])).toMatchObject({ equal: 2 })
  const left = comparePositions(new Set(['a', 'empty']), [held('a', '1')], [held('a', '1'), held('empty', '2')])
  expect(left).toEqual({
    companies: 2,
    equal: 1,
    differences: ['empty: 2 as "Member" is there 1 times and should be 0 times'],
  })
})

test('a missing position, another title and the same person twice are differences of one company', () => {
  const truth = [held('a', '1', 'Chair'), held('a', '2'), held('a', '3')]
  const found = [held('a', '1', 'Member'), held('a', '3'), held('a', '3')]
  expect(comparePositions(new Set(['a']), truth, found)).toEqual({
    companies: 1,
    equal: 0,
    differences: [
      'a: 1 as "Chair" is there 0 times and should be 1 times',
      'a: 2 as "Member" is there 0 times and should be 1 times',
      'a: 3 as "Member" is there 2 times and should be 1 times',
      'a: 1 as "Member" is there 1 times and should be 0 times',
    ],
  })
})

test('a company that nobody named is one more', () => {
  expect(comparePositions(new Set(['a']), [], [held('x', '1')])).toMatchObject({ companies: 2, equal: 1 })
})
