import { expect, test } from 'vitest'
import type { StoredRun, StoredStep } from './store/run-store.ts'
import { timelineOf, toTimeline } from './to-timeline.ts'

const step = (name: string, from: number, duration: number, more: Partial<StoredStep> = {}): StoredStep => ({
  ...{ name, status: 'completed', startedAt: new Date(1_000 + from), duration, attempts: 1 },
  ...more,
})

const run = (steps: readonly StoredStep[], more: Partial<StoredRun> = {}): StoredRun => ({
  ...{ key: 'order-17', workflow: 'price-order', version: '1', input: '{}', status: 'completed', output: '1' },
  ...{ error: null, createdAt: new Date(1_000), completedAt: new Date(1_100), steps },
  ...more,
})

test('a run is shown with a bar for each step, by when it began', () => {
  const steps = [
    step('loadTax', 10, 0, { status: 'skipped', attempts: 0 }),
    step('loadPrices', 0, 50, { attempts: 3 }),
    step('ask', 50, 25, { status: 'memoised', attempts: 0 }),
    step('addUp', 75, 25, { status: 'failed', error: { code: 'refused', message: 'refused' } }),
  ]
  const failed = run(steps, { status: 'failed', error: { code: 'refused', message: 'refused' } })
  expect(toTimeline(failed, { width: 20 })).toBe(
    [
      'price-order 1 order-17 failed: refused',
      'loadPrices |##########          | completed 50 ms, 3 attempts',
      'loadTax    |  .                 | skipped',
      'ask        |          .....     | memoised 25 ms',
      'addUp      |               xxxxx| failed 25 ms, refused',
      '',
    ].join('\n'),
  )
})

test('bars stay within their width, however short or late a step is', () => {
  const lines = toTimeline(run([step('long', 0, 1_000_000), step('short', 1_000_000, 0)]), { width: 10 }).split('\n')
  expect(lines.slice(1, 3)).toEqual(['long  |##########| completed 1000000 ms', 'short |         #| completed 0 ms'])
})

test('a run without steps is its first line', () => {
  expect(toTimeline(run([]))).toBe('price-order 1 order-17 completed\n')
})

test('as data, each step comes with when it began after the first', () => {
  expect(timelineOf(run([step('b', 30, 1), step('a', 10, 5)])).map(({ name, offset }) => [name, offset])).toEqual([
    ['a', 0],
    ['b', 20],
  ])
})
