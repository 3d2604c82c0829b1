import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'
import { createShedLoad } from './shed-load.ts'

/** A thousand requests at evenly spread random numbers: how many are refused, and what for. */
async function refusedOf1000(delayMs: number, fullness: number) {
  const registry = new Registry()
  let draws = 0
  const shedLoad = createShedLoad({
    eventLoopDelayMs: () => delayMs,
    maxEventLoopDelayMs: 500,
    queueFullness: () => fullness,
    random: () => draws / 1_000,
    metrics: createMetrics(registry),
  })
  let refused = 0
  for (draws = 0; draws < 1_000; draws += 1) if (shedLoad() !== undefined) refused += 1
  const metric = await registry.getSingleMetricAsString('ingest_requests_shed_total')
  return { refused, reasons: [...metric.matchAll(/reason="(\w+)"/g)].map(([, reason]) => reason) }
}

test.each([
  ['nothing while the loop is a little late and the queue mostly empty', 500, 0.8, 0, []],
  ['a part as the loop is late', 750, 0, 450, ['event_loop']],
  ['all but a tenth once it is twice as late, and later no more', 60_000, 0, 900, ['event_loop']],
  ['a part as the queue fills', 0, 0.9, 500, ['queue']],
  ['all once the queue is full, whatever the loop does', 60_000, 1, 1_000, ['queue']],
])('it refuses %s', async (_what, delayMs, fullness, refused, reasons) => {
  expect(await refusedOf1000(delayMs, fullness)).toEqual({ refused, reasons })
})

test('whoever is refused is sent away for one to five seconds, not all for the same', () => {
  const retryAfter = (draw: number) => {
    const draws = [0, draw]
    const shedLoad = createShedLoad({
      eventLoopDelayMs: () => 0,
      maxEventLoopDelayMs: 500,
      queueFullness: () => 1,
      random: () => draws.shift() ?? 0,
      metrics: createMetrics(new Registry()),
    })
    return shedLoad()
  }
  expect(retryAfter(0)).toMatchObject({ status: 503, reason: 'unavailable', headers: { 'retry-after': '1' } })
  expect(retryAfter(0.999)).toMatchObject({ headers: { 'retry-after': '5' } })
})
