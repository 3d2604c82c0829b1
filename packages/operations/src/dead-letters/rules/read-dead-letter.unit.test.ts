import { expect, test } from 'vitest'
import { DLQ_HEADERS, incomingMessage } from '../test-kit/incoming-message.ts'
import { readDeadLetter } from './read-dead-letter.ts'

test('reads where a letter stands, where it came from and why', () => {
  const headers = Object.fromEntries(Object.entries(DLQ_HEADERS).map(([name, value]) => [name, Buffer.from(value)]))
  expect(readDeadLetter(incomingMessage({ headers }))).toEqual({
    location: { topic: 'orders.detector.dlq', partition: 0, offset: 7 },
    at: Date.UTC(2026, 0, 1, 12),
    company: 'acme',
    origin: { topic: 'orders', partition: 3, offset: 42 },
    code: 'event_id_conflict',
    message: 'the id was seen with another body',
    step: 'handle',
    service: 'detector',
    attempts: 4,
    deadLetteredAt: '2026-01-02T03:04:05.678Z',
    history: [],
    bytes: 3,
    problem: null,
  })
})

test('says what is missing of a letter that cannot be read', () => {
  const bare = readDeadLetter(incomingMessage({ headers: {}, key: null, value: null }))
  expect(bare).toMatchObject({ code: 'unreadable', origin: null, company: null, bytes: null })
  expect(bare.problem).toBe('it has no dlq-* headers')
  const { 'dlq-offset': _, ...rest } = DLQ_HEADERS
  expect(readDeadLetter(incomingMessage({ headers: rest })).problem).toBe('it has no dlq-offset header')
  const odd = readDeadLetter(incomingMessage({ headers: { ...DLQ_HEADERS, 'dlq-partition': 'three' } }))
  expect(odd).toMatchObject({ origin: null, problem: 'dlq-partition or dlq-offset is no number' })
})

test('reads a letter of which only the topic is known', () => {
  const headers = { ...DLQ_HEADERS, 'dlq-partition': '-1', 'dlq-offset': '-1' }
  const letter = readDeadLetter(incomingMessage({ headers }))
  expect(letter).toMatchObject({ origin: { topic: 'orders', partition: -1, offset: -1 }, problem: null })
})

test('takes the last of a header given several times', () => {
  const headers = { ...DLQ_HEADERS, 'dlq-code': ['first', Buffer.from('last')] }
  expect(readDeadLetter(incomingMessage({ headers })).code).toBe('last')
})

test('leaves out of a history what is no step', () => {
  const step = { code: 'c', at: 'then', topic: 't', partition: 0, offset: 1 }
  const historyOf = (text: string) =>
    readDeadLetter(incomingMessage({ headers: { ...DLQ_HEADERS, 'replay-history': text } })).history
  expect(historyOf(JSON.stringify([step, null, { code: 'c' }, 'x']))).toEqual([step])
  expect(historyOf('not json')).toEqual([])
  expect(historyOf('{}')).toEqual([])
})
