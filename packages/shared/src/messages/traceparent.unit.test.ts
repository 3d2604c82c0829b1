import { expect, test } from 'vitest'
import { isTraceparent, makeTraceparent, traceparentOf } from './traceparent.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('the trace context of a message is passed on as it came, text or bytes', () => {
  expect(traceparentOf({ headers: { traceparent } })).toBe(traceparent)
  expect(traceparentOf({ headers: { traceparent: Buffer.from(traceparent) } })).toBe(traceparent)
})

test('a message without one, or with a malformed one, has none', () => {
  expect(traceparentOf({ headers: {} })).toBeUndefined()
  expect(traceparentOf({ headers: { traceparent: `${traceparent}\n` } })).toBeUndefined()
  expect(traceparentOf({ headers: { traceparent: 'pat@example.com' } })).toBeUndefined()
})

test('a new one is valid, and its ids are like those of no other', () => {
  const made = Array.from({ length: 1_000 }, makeTraceparent)
  expect(made.filter((traceparent) => !isTraceparent(traceparent))).toEqual([])
  for (const at of [1, 2]) expect(new Set(made.map((traceparent) => traceparent.split('-')[at])).size).toBe(1_000)
})
