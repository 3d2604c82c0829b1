import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RetryLevel, readDelivery } from './delivery.ts'
import type { IncomingMessage } from './incoming.ts'

const level: RetryLevel = { topic: 't', failedAttempts: 2, longestDelayMs: 60_000 }

const retried = (headers: IncomingMessage['headers']): IncomingMessage => ({
  topic: 't.retry.2',
  partition: 1,
  offset: '5',
  key: null,
  value: null,
  headers,
  timestamp: 0,
})

test('a message of a consumed topic is its own origin, whatever its headers say', () => {
  const message = { ...retried({ 'retry-topic': 'x', 'retry-attempt': '9' }), topic: 't' }
  expect(readDelivery(message, undefined)).toEqual({ topic: 't', partition: 1, offset: '5', attempt: 1, delayMs: 0 })
})

test('a retry names where it first stood and how long it waits', () => {
  const headers = { 'retry-topic': 't', 'retry-partition': '0', 'retry-offset': '42', 'retry-delay-ms': '700' }
  expect(readDelivery(retried(headers), level)).toEqual({
    topic: 't',
    partition: 0,
    offset: '42',
    attempt: 3,
    delayMs: 700,
  })
})

test('an origin in another topic is not believed', () => {
  const headers = { 'retry-topic': 'elsewhere', 'retry-partition': '0', 'retry-offset': '42' }
  expect(readDelivery(retried(headers), level)).toMatchObject({ topic: 't', partition: -1, offset: '-1' })
})

test('no header, however broken, changes topic and attempt, delays beyond the level, or throws', () => {
  const bytes = fc.oneof(fc.string(), fc.uint8Array().map(Buffer.from), fc.array(fc.string()), fc.constant(undefined))
  const names = ['retry-topic', 'retry-partition', 'retry-offset', 'retry-delay-ms', 'retry-attempt']
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, bytes]))), (headers) => {
      const { topic, attempt, delayMs } = readDelivery(retried(headers as IncomingMessage['headers']), level)
      expect({ topic, attempt }).toEqual({ topic: 't', attempt: 3 })
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThanOrEqual(60_000)
    }),
  )
})
