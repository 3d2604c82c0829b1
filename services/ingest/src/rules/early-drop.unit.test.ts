import { describe, expect, test } from 'vitest'
import { dropProbability, smooth } from './early-drop.ts'

const DELAY = { from: 500, to: 1_000, most: 0.9 }

describe('the part that is refused', () => {
  test.each([
    [0, 0],
    [500, 0],
    [750, 0.45],
    [1_000, 0.9],
    [60_000, 0.9],
  ])('at %i is %d', (measure, probability) => {
    expect(dropProbability(measure, DELAY)).toBeCloseTo(probability, 10)
  })
})

describe('the average', () => {
  const after = (samples: readonly number[], from = 0) =>
    samples.reduce((average, sample) => smooth(average, sample, 1_000), from)

  test('is not moved into the range by one pause, however long', () => {
    expect(after([20_000])).toBe(200)
  })

  test('is in the range after four samples that are twice the limit, and out of it four quiet ones later', () => {
    expect(after([1_000, 1_000, 1_000])).toBeLessThan(500)
    const overloaded = after([1_000, 1_000, 1_000, 1_000])
    expect(overloaded).toBeGreaterThan(500)
    expect(after([0], overloaded)).toBeLessThan(500)
  })

  test('settles where the load settles', () => {
    expect(after(Array(100).fill(700))).toBeCloseTo(700, 3)
  })
})
