import { expect, test } from 'vitest'
import { DLQ_HEADERS, incomingMessage } from '../test-kit/incoming-message.ts'
import { type DeadLetter, readDeadLetter } from './read-dead-letter.ts'
import { toReplayedMessage } from './to-replayed-message.ts'

const target = { topic: 'orders', replayId: 'r1' }
const step = {
  code: 'event_id_conflict',
  at: '2026-01-02T03:04:05.678Z',
  topic: 'orders.detector.dlq',
  partition: 0,
  offset: 7,
}

test('a message goes back with its bytes, key and own headers, and where it stood', () => {
  const ce = Buffer.from([0xff, 0])
  const message = incomingMessage({
    headers: {
      ...DLQ_HEADERS,
      ce_id: ce,
      traceparent: 'tp',
      'retry-attempt': '3',
      'retry-after': 'theirs',
      'replay-id': 'r0',
    },
  })
  const { headers, ...replayed } = toReplayedMessage(message, readDeadLetter(message), target)
  expect(replayed).toEqual({ topic: 'orders', key: message.key, value: message.value })
  expect(headers).toEqual({
    ce_id: ce,
    traceparent: 'tp',
    'retry-after': 'theirs',
    'replay-id': 'r1',
    'replay-history': JSON.stringify([step]),
  })
})

test('a message without key and value keeps having none', () => {
  const message = incomingMessage({ key: null, value: null })
  expect(toReplayedMessage(message, readDeadLetter(message), target)).toMatchObject({ key: null, value: null })
})

test('the history grows at its end and keeps the latest ten', () => {
  const history = Array.from({ length: 12 }, (_, index) => ({ ...step, offset: 100 + index }))
  const message = incomingMessage()
  const letter: DeadLetter = { ...readDeadLetter(message), history }
  const text = toReplayedMessage(message, letter, target).headers['replay-history']
  const offsets = (JSON.parse(String(text)) as { offset: number }[]).map(({ offset }) => offset)
  expect(offsets).toEqual([103, 104, 105, 106, 107, 108, 109, 110, 111, 7])
})
