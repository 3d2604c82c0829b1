import { expect, test } from 'vitest'
import { createKnownEvents } from './known-events.ts'

const event = (id: string, bodySha256 = 'body-1') => ({
  idempotencyKey: `test:${id}`,
  bodySha256,
  message: { topic: 't', key: 'acme', value: null, headers: {} },
})

test('the latest events are known by id and body, those of long ago no more', () => {
  const known = createKnownEvents(3)
  for (const id of ['a', 'b', 'c', 'd', 'e']) known.remember(`test:${id}`, 'body-1')
  expect(['c', 'd', 'e'].map((id) => known.judge(event(id)))).toEqual(['repeated', 'repeated', 'repeated'])
  expect(known.judge(event('e', 'body-2'))).toBe('conflict')
  for (const id of ['f', 'g', 'h', 'i']) known.remember(`test:${id}`, 'body-1')
  expect(['a', 'b', 'c'].map((id) => known.judge(event(id)))).toEqual([undefined, undefined, undefined])
  expect(['g', 'h', 'i'].map((id) => known.judge(event(id)))).toEqual(['repeated', 'repeated', 'repeated'])
})

test('what was remembered anew counts with its latest body', () => {
  const known = createKnownEvents(2)
  known.remember('test:a', 'body-1')
  known.remember('test:b', 'body-1')
  known.remember('test:a', 'body-2')
  expect(known.judge(event('a', 'body-2'))).toBe('repeated')
})

test('an event is on its way until it is released', async () => {
  const known = createKnownEvents(2)
  const attempt = Promise.resolve()
  known.hold([event('a')], attempt)
  expect(known.onTheWay('test:a')).toBe(attempt)
  known.release([event('a')])
  expect(known.onTheWay('test:a')).toBeUndefined()
})
