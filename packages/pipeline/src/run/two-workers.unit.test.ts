import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { RetryAfterError } from '../retry/retry-after.ts'
import type { RetryPolicy } from '../retry/retry-policy.ts'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { dyingStore } from '../test-kit/dying-store.ts'
import { gate, stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import type { RunTransition } from './run-transition.ts'
import { runWorkflow } from './run-workflow.ts'

const input = workflowInput(z.number())

/** A workflow of one paid node, by a worker of that name; two of them are two workers on one workflow. */
function workerOf(
  call: (worker: string) => Promise<string>,
  more: { retryable?: boolean; timeout?: number; retry?: RetryPolicy } = {},
) {
  return (worker: string) => {
    const step = { ...stepOf('charge', () => call(worker)), ...more }
    const charge = node({ step, after: { input }, input: () => 1 })
    return defineWorkflow({ name: 'charging', version: '1', input, steps: [charge], output: charge })
  }
}

function world() {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  const heard: RunTransition[] = []
  const observers = [(transition: RunTransition) => void heard.push(transition)]
  return { clock, store, heard, settings: { key: 'run', clock, store, observers } }
}

test('two workers on one run: one executes the node, the other waits for its output', async () => {
  const { clock, heard, settings } = world()
  const calls: string[] = []
  const answer = gate<string>()
  const worker = workerOf((name) => {
    calls.push(name)
    return answer.promise
  })
  const one = runWorkflow(worker('one'), 1, settings)
  const two = runWorkflow(worker('two'), 1, settings)
  await clock.advance(90_000)
  answer.resolve('paid')
  await clock.advance(10_000)

  const results = await Promise.all([one, two])
  expect(results.map(({ output }) => output)).toEqual(['paid', 'paid'])
  expect(results.map(({ endedHere }) => endedHere)).toEqual([true, false])
  expect(calls).toEqual(['one'])
  expect(clock.pending).toBe(0)
  const pauses = heard.flatMap((transition) => (transition.kind === 'node_waiting' ? [transition.delayMs] : []))
  expect(pauses.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
})

test('a worker that waits for another one leaves when its run is cancelled', async () => {
  const { clock, settings } = world()
  const answer = gate<string>()
  const worker = workerOf(() => answer.promise)
  const one = runWorkflow(worker('one'), 1, settings)
  const controller = new AbortController()
  const two = runWorkflow(worker('two'), 1, { ...settings, signal: controller.signal })
  await clock.advance(1_000)
  controller.abort()
  await expect(two).rejects.toMatchObject({ code: 'run_cancelled' })
  answer.resolve('paid')
  await expect(one).resolves.toMatchObject({ output: 'paid' })
})

/** The store as a worker sees it that can store no output for a while, and whose next claim after that fails as well. */
function cutOff(store: RunStore, isAway: () => boolean): RunStore {
  let failures = 0
  return {
    ...store,
    claim: async (claim) => {
      failures += 1
      if (failures === 2) throw new AppError('the store is away', { code: 'mongodb_unavailable', fate: 'unavailable' })
      return store.claim(claim)
    },
    complete: async (claim, output) => {
      if (isAway()) throw new AppError('the store is away', { code: 'mongodb_unavailable', fate: 'unavailable' })
      return store.complete(claim, output)
    },
  }
}

/** Two workers; the first one is done but cannot say so until its claim has run out and the second has come by. */
async function takeOver(retryable: boolean) {
  const { clock, store, settings } = world()
  const worker = workerOf(async (name) => `paid by ${name}`, { retryable, timeout: 1_000 })
  let isAway = true
  const one = runWorkflow(worker('one'), 1, { ...settings, store: cutOff(store, () => isAway) })
  await clock.advance(11_001)
  const two = runWorkflow(worker('two'), 1, settings)
  const second = two.catch((error: unknown) => error)
  await clock.settle()
  isAway = false
  await clock.advance(60_000)
  expect(clock.pending).toBe(0)
  return { first: await one, second: await second }
}

test('a worker that lost its claim takes the output of the one that took over', async () => {
  const { first, second } = await takeOver(true)
  expect([first, second]).toMatchObject([{ output: 'paid by two' }, { output: 'paid by two' }])
})

test('nobody takes over a step that must not be repeated, and whoever executed it still ends the run', async () => {
  const { first, second } = await takeOver(false)
  expect(first).toMatchObject({ output: 'paid by one', endedHere: true })
  expect(second).toMatchObject({ code: 'step_outcome_unknown', fate: 'permanent' })
})

test('an attempt without a time limit keeps its claim as long as it takes', async () => {
  const { clock, settings } = world()
  const calls: string[] = []
  const answer = gate<string>()
  const worker = workerOf((name) => {
    calls.push(name)
    return answer.promise
  })
  const one = runWorkflow(worker('one'), 1, settings)
  await clock.advance(3_600_000)
  const two = runWorkflow(worker('two'), 1, settings)
  await clock.advance(60_000)
  answer.resolve('paid')
  await clock.advance(10_000)
  expect(await Promise.all([one, two])).toMatchObject([{ output: 'paid' }, { output: 'paid' }])
  expect(calls).toEqual(['one'])
})

test('a claim outlasts its attempt: what was returned at the last moment can still be stored', async () => {
  const { clock, store, settings } = world()
  const calls: string[] = []
  const worker = workerOf(
    async (name) => {
      calls.push(name)
      return 'paid'
    },
    { timeout: 1_000 },
  )
  let isAway = true
  const one = runWorkflow(worker('one'), 1, { ...settings, store: cutOff(store, () => isAway) })
  await clock.advance(4_000)
  const two = runWorkflow(worker('two'), 1, settings)
  await clock.settle()
  isAway = false
  await clock.advance(10_000)
  expect(await Promise.all([one, two])).toMatchObject([{ output: 'paid' }, { output: 'paid' }])
  expect(calls).toEqual(['one'])
})

describe.each([
  ['without a time limit', {}],
  ['with a time limit', { timeout: 1_000 }],
])('the delay before another attempt %s', (_, limit) => {
  const MINUTE_MS = 60_000
  const retry = { maxAttempts: 2, initialDelayMs: 10, maxDelayMs: 10 }

  /** A provider that is busy once, for five minutes; who called it, and when in minutes. */
  const busy = () => {
    const { clock, ...rest } = world()
    const calls: (readonly [string, number])[] = []
    const begin = clock.now()
    const worker = workerOf(
      async (name) => {
        calls.push([name, (clock.now() - begin) / MINUTE_MS])
        if (calls.length === 1) throw new RetryAfterError('busy', { retryAfterMs: 5 * MINUTE_MS })
        return 'paid'
      },
      { retry, ...limit },
    )
    return { clock, ...rest, calls, worker }
  }

  test('is kept by all workers: nobody is sooner, and nobody else tries', async () => {
    const { clock, settings, calls, worker } = busy()
    const one = runWorkflow(worker('one'), 1, settings)
    await clock.advance(2 * MINUTE_MS)
    const two = runWorkflow(worker('two'), 1, settings)
    await clock.advance(4 * MINUTE_MS)
    expect(await Promise.all([one, two])).toMatchObject([{ output: 'paid' }, { output: 'paid' }])
    expect(calls).toEqual([
      ['one', 0],
      ['one', 5],
    ])
    expect(clock.pending).toBe(0)
  })

  test('is kept by whoever takes over from a worker that died in it', async () => {
    const { clock, store, settings, calls, worker } = busy()
    // begin, claim, and the claim over the delay
    const dying = runWorkflow(worker('one'), 1, { ...settings, store: dyingStore(store, 3, true) })
    await expect(dying).rejects.toThrow('the process is dead')
    const two = runWorkflow(worker('two'), 1, settings)
    await clock.advance(7 * MINUTE_MS)
    await expect(two).resolves.toMatchObject({ output: 'paid' })
    expect(calls.map(([name]) => name)).toEqual(['one', 'two'])
    expect(calls[1]?.[1]).toBeGreaterThanOrEqual(5)
  })

  test('ends with the run, and leaves the node to the next one', async () => {
    const { clock, settings, calls, worker } = busy()
    const controller = new AbortController()
    const one = runWorkflow(worker('one'), 1, { ...settings, signal: controller.signal })
    await clock.settle()
    controller.abort()
    await expect(one).rejects.toMatchObject({ code: 'run_cancelled' })
    await expect(runWorkflow(worker('two'), 1, settings)).resolves.toMatchObject({ output: 'paid' })
    expect(calls.map(([name]) => name)).toEqual(['one', 'two'])
  })
})

test('of two workers that come to the end in the same millisecond one has ended the run', async () => {
  const { settings } = world()
  const charge = node({ step: stepOf('charge', async () => 'done'), after: { input }, memoise: false })
  const workflow = defineWorkflow({ name: 'charging', version: '1', input, steps: [charge], output: charge })
  const results = await Promise.all([runWorkflow(workflow, 1, settings), runWorkflow(workflow, 1, settings)])
  expect(results.map(({ endedHere }) => endedHere).toSorted()).toEqual([false, true])
})

test('a worker that fails returns the output of one that ended the run meanwhile', async () => {
  const { heard, settings } = world()
  const held = gate<string>()
  const worker = (execute: () => Promise<string>) => {
    const charge = node({ step: stepOf('charge', execute), after: { input }, memoise: false })
    return defineWorkflow({ name: 'charging', version: '1', input, steps: [charge], output: charge })
  }
  const one = runWorkflow(
    worker(() => held.promise),
    1,
    settings,
  )
  await runWorkflow(
    worker(async () => 'done'),
    1,
    settings,
  )
  held.reject(new Error('too late'))
  expect(await one).toMatchObject({ output: 'done', status: 'completed', endedHere: false })
  expect(heard.at(-1)).toMatchObject({ kind: 'run_ended', status: 'completed' })
})
