import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createDetectorMetrics } from './metrics.ts'
import { startSweeper } from './start-sweeper.ts'

const logger = createLogger('test', 'silent')

/** Runs a sweeper until its sweep has been called `times` times; returns the metric's text. */
async function sweepTimes(times: number, sweep: (call: number) => Promise<void>): Promise<string> {
  const registry = new Registry()
  const reached = Promise.withResolvers<void>()
  let calls = 0
  const sweeper = startSweeper({
    sweep: async () => {
      calls += 1
      if (calls === times) reached.resolve()
      await sweep(calls)
    },
    intervalMs: 1,
    metrics: createDetectorMetrics(registry),
    logger,
  })
  await reached.promise
  await sweeper.stop()
  return registry.getSingleMetricAsString('detector_sweeps_total')
}

test('a sweep that fails is counted and the next one goes on', async () => {
  const metric = await sweepTimes(3, async (call) => {
    if (call === 1) throw new Error('Kafka is away')
  })
  expect(metric).toMatch(/outcome="failed"} 1\n/)
  expect(metric).toMatch(/outcome="ok"} \d/)
})

test('sweeps never run side by side, and stopping waits for the one under way', async () => {
  let running = 0
  let most = 0
  await sweepTimes(5, async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise(setImmediate)
    running -= 1
  })
  expect({ running, most }).toEqual({ running: 0, most: 1 })
})
