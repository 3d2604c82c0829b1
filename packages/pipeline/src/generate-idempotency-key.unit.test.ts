import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateIdempotencyKey } from './generate-idempotency-key.ts'

describe('the idempotency key', () => {
  test('is the same whatever the order of the keys, at every depth', () => {
    const left = generateIdempotencyKey({ a: 1, b: { c: [1, 2], d: null } })
    const right = generateIdempotencyKey({ b: { d: null, c: [1, 2] }, a: 1 })
    expect(left).toBe(right)
    expect(left).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is the same for any value that went through JSON with its keys reversed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(generateIdempotencyKey(reverseKeys(JSON.parse(JSON.stringify(value))))).toBe(
          generateIdempotencyKey(value),
        )
      }),
    )
  })

  test('differs for other values, other orders of a list and other splits of the parts', () => {
    const keys = [
      generateIdempotencyKey({ a: 1 }),
      generateIdempotencyKey({ a: '1' }),
      generateIdempotencyKey([1, 2]),
      generateIdempotencyKey([2, 1]),
      generateIdempotencyKey(1, 2),
      generateIdempotencyKey('ab', 'c'),
      generateIdempotencyKey('a', 'bc'),
      generateIdempotencyKey(),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('cannot be made of what JSON cannot hold', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    for (const value of [cycle, Number.NaN, 1n, '\ud800']) {
      expect(() => generateIdempotencyKey(value)).toThrow(expect.objectContaining({ code: 'unserialisable_key' }))
    }
  })
})

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, child]) => [key, reverseKeys(child)]))
}
