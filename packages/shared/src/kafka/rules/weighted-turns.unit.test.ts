import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weightedTurns } from './weighted-turns.ts'

const WEIGHTS = [8, 4, 1]

test('turns are shared by weight, the heaviest first, and the lightest has its own', () => {
  const turns = weightedTurns(WEIGHTS)
  const taken = Array.from({ length: 26 }, () => turns.next(() => true))
  expect(taken[0]).toBe(0)
  expect(WEIGHTS.map((_, index) => taken.filter((turn) => turn === index).length)).toEqual([16, 8, 2])
})

test('who comes after a quiet time is served before those who are lighter', () => {
  const turns = weightedTurns(WEIGHTS)
  for (let turn = 0; turn < 7; turn += 1) turns.next(() => true)
  for (let turn = 0; turn < 50; turn += 1) turns.next((index) => index !== 0)
  expect(turns.next(() => true)).toBe(0)
})

test('whoever stays ready gets a turn before long, whatever the others do', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 20, maxLength: 60 }), (others) => {
      const turns = weightedTurns(WEIGHTS)
      const taken = others.map((ready) => turns.next((index) => ready[index] ?? true))
      expect(taken).toContain(2)
    }),
  )
})

test('nobody ready, nobody served', () => {
  expect(weightedTurns(WEIGHTS).next(() => false)).toBeUndefined()
})
