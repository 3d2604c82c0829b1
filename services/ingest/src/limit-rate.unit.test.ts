import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createLimitRate, type RateLimits } from './limit-rate.ts'
import { createMetrics } from './metrics.ts'

function limit(limits: Partial<RateLimits>) {
  const clock = { now: 0 }
  const registry = new Registry()
  const limitRate = createLimitRate({
    limits: { perSource: undefined, global: undefined, burstMs: 1_000, ...limits },
    monotonic: () => clock.now,
    metrics: createMetrics(registry),
  })
  const send = (name: string, events = 1, eventsPerSecond?: number) => limitRate({ name, eventsPerSecond }, events)
  const refused = () => registry.getSingleMetricAsString('ingest_events_rate_limited_total')
  return { send, clock, refused }
}

test('a source may send so many events a second and is told the whole seconds after which more are taken', () => {
  const { send, clock } = limit({ perSource: 2 })
  expect([send('test'), send('test'), send('test')]).toEqual([undefined, undefined, 1])
  clock.now = 499
  expect(send('test')).toBe(1)
  clock.now = 500
  expect(send('test')).toBeUndefined()
  expect(send('test', 2)).toBe(1)
})

test('a wait of more than a second is told as it is: after it the delivery is taken', () => {
  const { send, clock } = limit({ perSource: 2 })
  expect(send('test', 5)).toBeUndefined()
  expect(send('test', 2)).toBe(3)
  clock.now = 2_000
  expect(send('test', 2)).toBe(1)
  clock.now = 3_000
  expect(send('test', 2)).toBeUndefined()
})

test('one source uses up nothing of another, and its own rate goes before the common one', () => {
  const { send } = limit({ perSource: 1 })
  expect([send('test'), send('test')]).toEqual([undefined, 1])
  expect([send('linkedin', 1, 3), send('linkedin', 2, 3), send('linkedin', 1, 3)]).toEqual([undefined, undefined, 1])
})

test('all sources together may not send more than the global rate, and what that refuses costs a source nothing', async () => {
  const { send, clock, refused } = limit({ perSource: 4, global: 6 })
  expect([send('test', 4), send('linkedin', 2), send('linkedin', 2)]).toEqual([undefined, undefined, 1])
  expect(send('test')).toBe(1)
  expect(await refused()).toContain('{source="linkedin",scope="global"} 2')
  expect(await refused()).toContain('{source="test",scope="source"} 1')
  clock.now = 500
  expect(send('linkedin', 3)).toBeUndefined()
})

test('a rate that is configured anew counts at once', () => {
  const { send } = limit({})
  expect([send('test', 1, 1), send('test', 1, 1)]).toEqual([undefined, 1])
  expect([send('test', 5, 5), send('test', 1, 5)]).toEqual([undefined, 1])
  expect(send('test', 100)).toBeUndefined()
})

test('as much as flows in over the time of a burst may come at once, and at least one event', () => {
  const { send } = limit({ perSource: 10, burstMs: 3_000 })
  expect([send('test', 30), send('test')]).toEqual([undefined, 1])
  const slow = limit({ perSource: 1, burstMs: 100 })
  expect([slow.send('test'), slow.send('test')]).toEqual([undefined, 1])
})

test('without a limit nobody waits', () => {
  const { send } = limit({})
  for (let count = 0; count < 1_000; count += 1) expect(send('test', 100)).toBeUndefined()
})
