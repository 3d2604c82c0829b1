import { expect, test } from 'vitest'
import { findPayloadProblem, MAX_PAYLOAD_DEPTH, MAX_PAYLOAD_VALUES } from './find-payload-problem.ts'

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

test('what JSON usually holds is no problem', () => {
  expect(findPayloadProblem({ a: [1, 'two', null, { b: true }], $set: { 'x.y': 1 } })).toBeUndefined()
  expect(findPayloadProblem('text')).toBeUndefined()
})

test('nesting is taken up to its limit, and far beyond it without a stack overflow', () => {
  expect(findPayloadProblem(nested(MAX_PAYLOAD_DEPTH))).toBeUndefined()
  expect(findPayloadProblem(nested(MAX_PAYLOAD_DEPTH + 1))).toContain('nested')
  expect(findPayloadProblem(nested(100_000))).toContain('nested')
})

test('values are counted at all levels together', () => {
  const lists = (count: number) => ({ a: Array(count).fill(0), b: [{ c: Array(count).fill(0) }] })
  expect(findPayloadProblem(lists(MAX_PAYLOAD_VALUES / 2 - 2))).toBeUndefined()
  expect(findPayloadProblem(lists(MAX_PAYLOAD_VALUES / 2 - 1))).toContain('more than')
})

test('a key that the database cannot hold or would misread is named as a problem at any depth', () => {
  expect(findPayloadProblem({ a: [{ 'b\0': 1 }] })).toContain('NUL')
  expect(findPayloadProblem({ a: [{ _bsontype: 'ObjectId' }] })).toContain('_bsontype')
  expect(findPayloadProblem(JSON.parse('{"a":[{"__proto__":{"b":1}}]}'))).toContain('__proto__')
  expect(findPayloadProblem(JSON.parse('{"constructor":{"prototype":{"b":1}}}'))).toBeUndefined()
})
