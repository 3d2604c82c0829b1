import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { RetryAfterError } from '../retry/retry-after.ts'
import type { RetryPolicy } from '../retry/retry-policy.ts'
import type { RunTransition } from '../run/run-transition.ts'
import { type RunSettings, runWorkflow } from '../run/run-workflow.ts'
import type { StepRun } from '../step.ts'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { NodeClaim } from '../store/run-store.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'

const retry: RetryPolicy = { maxAttempts: 4, initialDelayMs: 100, maxDelayMs: 250 }
const input = workflowInput(z.number())

type Execute = (input: number, context: unknown, run: StepRun) => unknown

/** A run of one step, under a clock that the test moves; with full jitter at its longest unless said otherwise. */
function runOf(execute: Execute, step: object = { retry }, settings: Partial<RunSettings> = {}, more: object = {}) {
  const clock = createTestClock()
  const heard: RunTransition[] = []
  const only = node({ step: { ...stepOf('call', execute), ...step }, after: { input }, input: ({ input }) => input })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [only], output: only, ...more })
  const observers = [(transition: RunTransition) => void heard.push(transition)]
  const running = runWorkflow(workflow, 1, { key: 'run', clock, random: () => 1, observers, ...settings })
  running.catch(() => {})
  const delays = () => heard.flatMap((t) => (t.kind === 'node_retrying' ? [t.delayMs] : []))
  return { clock, heard, running, delays }
}

const passing = () => new AppError('busy', { code: 'busy', fate: 'retryable' })

/** Fails until its n-th attempt. */
const succeedsAt = (n: number, error: () => unknown = passing) => {
  const attempts: number[] = []
  const execute: Execute = (_input, _context, { attempt }) => {
    attempts.push(attempt)
    if (attempt < n) throw error()
    return attempt
  }
  return { execute, attempts }
}

// Each rule holds for a node that is stored as well as for one that is not.
describe.each([
  ['without a store', () => ({})],
  ['with a store', () => ({ store: createMemoryRunStore() })],
])('retries %s', (_where, settings) => {
  test('follow each other in delays that grow up to the longest', async () => {
    const { execute } = succeedsAt(4)
    const { clock, running, delays } = runOf(execute, { retry }, settings())
    await clock.advance(1_000)
    expect(await running).toMatchObject({ output: 4, steps: [{ name: 'call', attempts: 4, duration: 550 }] })
    expect(delays()).toEqual([100, 200, 250])
    expect(clock.pending).toBe(0)
  })

  test('end with the number of attempts, and the last failure is the one that is thrown', async () => {
    const { execute, attempts } = succeedsAt(9)
    const { clock, running } = runOf(execute, { retry }, settings())
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject({ code: 'busy', fate: 'retryable', records: [{ attempts: 4 }] })
    expect(attempts).toEqual([1, 2, 3, 4])
  })

  test.each([
    ['retryable', passing, 2],
    ['unknown', () => new Error('odd'), 2],
    ['unavailable', () => new AppError('away', { code: 'away', fate: 'unavailable' }), 2],
    ['permanent', () => new AppError('no', { code: 'no', fate: 'permanent' }), 1],
  ])('of a failure of kind %s', async (_fate, error, expected) => {
    const { execute, attempts } = succeedsAt(2, error)
    const { clock, running } = runOf(execute, { retry }, settings())
    await clock.advance(1_000)
    await running.catch(() => {})
    expect(attempts).toHaveLength(expected)
  })

  test('never come without a policy', async () => {
    const { execute, attempts } = succeedsAt(2)
    const { running } = runOf(execute, {}, settings())
    await expect(running).rejects.toMatchObject({ code: 'busy' })
    expect(attempts).toEqual([1])
  })

  test('wait at least as long as the error asks for', async () => {
    const { execute } = succeedsAt(2, () => new RetryAfterError('slow down', { retryAfterMs: 5_000 }))
    const { clock, running, delays } = runOf(execute, { retry }, settings())
    await clock.advance(4_999)
    expect(delays()).toEqual([5_000])
    await clock.advance(1)
    expect(await running).toMatchObject({ output: 2 })
  })

  test('end before the deadline of the step would pass', async () => {
    const { execute, attempts } = succeedsAt(9)
    const { clock, running } = runOf(execute, { retry: { ...retry, deadlineMs: 300 } }, settings())
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject({ code: 'busy' })
    expect(attempts).toEqual([1, 2])
  })

  test('use the random source for full jitter', async () => {
    const { execute } = succeedsAt(3)
    const { clock, running, delays } = runOf(execute, { retry }, { ...settings(), random: () => 0.25 })
    await clock.advance(1_000)
    await running
    expect(delays()).toEqual([25, 50])
  })

  test('keep one idempotency key', async () => {
    const keys: string[] = []
    const { clock, running } = runOf(
      (_input, _context, { attempt, idempotencyKey }) => {
        keys.push(idempotencyKey)
        if (attempt < 3) throw passing()
      },
      { retry },
      settings(),
    )
    await clock.advance(1_000)
    await running
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a step that takes too long', () => {
  const hanging =
    (signals: AbortSignal[]) =>
    (_input: number, _context: unknown, { signal }: StepRun) => {
      signals.push(signal)
      return new Promise(() => {})
    }

  test('is a timeout, and its signal aborts with it, also where it does not listen', async () => {
    const signals: AbortSignal[] = []
    const { clock, running } = runOf(hanging(signals), { timeout: 500 })
    await clock.advance(499)
    expect(signals[0]?.aborted).toBe(false)
    await clock.advance(1)
    await expect(running).rejects.toMatchObject({
      code: 'step_timeout',
      fate: 'retryable',
      message: 'step "call" failed: step "call" did not end within 500 ms; whether it took effect is unknown',
    })
    expect(signals[0]?.reason).toMatchObject({ code: 'step_timeout' })
    expect(clock.pending).toBe(0)
  })

  test('gets each attempt anew, with a signal of its own', async () => {
    const signals: AbortSignal[] = []
    const { clock, running } = runOf(hanging(signals), { timeout: 500, retry: { ...retry, maxAttempts: 2 } })
    await clock.advance(1_100)
    await expect(running).rejects.toMatchObject({ code: 'step_timeout', records: [{ attempts: 2, duration: 1_100 }] })
    expect(new Set(signals).size).toBe(2)
  })

  test('is cut short by the deadline of all its attempts', async () => {
    const { clock, running } = runOf(hanging([]), { timeout: 500, retry: { ...retry, deadlineMs: 700 } })
    await clock.advance(700)
    await expect(running).rejects.toMatchObject({ code: 'step_timeout', records: [{ attempts: 2, duration: 700 }] })
  })

  test('has the time of all its attempts from when the first one may begin, not from when it waited for another worker', async () => {
    const clock = createTestClock()
    const store = createMemoryRunStore({ clock })
    const dead = runOf(() => new Promise(() => {}), { timeout: 1_000 }, { clock, store })
    await clock.settle()
    const { execute, attempts } = succeedsAt(2)
    const { running } = runOf(execute, { retry: { ...retry, deadlineMs: 500 } }, { clock: clock, store })
    await clock.advance(60_000)
    expect(await running).toMatchObject({ output: 2, steps: [{ attempts: 2 }] })
    expect(attempts).toEqual([1, 2])
    await dead.running.catch(() => {})
  })

  test('begins no attempt once that time is up, however late it is told so', async () => {
    const clock = createTestClock()
    let now = clock.now()
    const late = {
      ...clock,
      now: () => now,
      after: (ms: number, call: () => void) =>
        clock.after(ms, () => {
          now += 10_000
          call()
        }),
    }
    const { execute, attempts } = succeedsAt(9)
    const { running } = runOf(execute, { retry: { ...retry, deadlineMs: 500 } }, { clock: late })
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject({ code: 'step_timeout', records: [{ attempts: 1 }] })
    expect(attempts).toEqual([1])
  })

  test('that fails after its time harms nobody', async () => {
    const late = Promise.withResolvers<never>()
    const { clock, running } = runOf(() => late.promise, { timeout: 500 })
    await clock.advance(500)
    await expect(running).rejects.toMatchObject({ code: 'step_timeout' })
    late.reject(new Error('late'))
    await clock.settle()
  })

  test('is permanent where the step must not be repeated', async () => {
    const { clock, running } = runOf(hanging([]), { timeout: 500, retryable: false })
    await clock.advance(500)
    await expect(running).rejects.toMatchObject({ code: 'step_timeout', fate: 'permanent' })
  })

  test('ends in time with its timer taken back', async () => {
    const { clock, running } = runOf(async () => 'done', { timeout: 500 })
    expect(await running).toMatchObject({ output: 'done' })
    expect(clock.pending).toBe(0)
  })
})

describe('a run that is cancelled', () => {
  const patient: Execute = (_input, _context, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

  test.each([
    ['a step', {}],
    ['a step with a time limit', { timeout: 60_000 }],
  ])('aborts %s, waits for it, and stays open in the store', async (_what, step) => {
    const controller = new AbortController()
    const store = createMemoryRunStore()
    const { clock, running, heard } = runOf(patient, step, { signal: controller.signal, store })
    await clock.settle()
    controller.abort(new AppError('shutting down', { code: 'draining', fate: 'unavailable' }))
    await expect(running).rejects.toMatchObject({
      code: 'run_cancelled',
      fate: 'unavailable',
      message: 'run "run" of workflow "w" was cancelled; run it again to go on',
    })
    expect(heard.map(({ kind }) => kind)).toEqual(['run_started', 'node_started', 'node_cancelled', 'run_failed'])
    expect(await store.read('run')).toMatchObject({ status: 'running' })
    expect(clock.pending).toBe(0)
  })

  test('lets the signals of attempts alone that had ended', async () => {
    const signals: AbortSignal[] = []
    const controller = new AbortController()
    const execute: Execute = (_input, _context, { signal, attempt }) => {
      signals.push(signal)
      if (attempt === 1) throw passing()
      controller.abort()
      return attempt
    }
    const step = { timeout: 500, retry: { ...retry, initialDelayMs: 0 } }
    const { clock, running } = runOf(execute, step, { signal: controller.signal })
    await clock.advance(1)
    await running
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  test('gives its claims back, so that the next one goes on at once', async () => {
    const controller = new AbortController()
    const store = createMemoryRunStore()
    const first = runOf(patient, {}, { signal: controller.signal, store })
    await first.clock.settle()
    controller.abort()
    await first.running.catch(() => {})
    expect(await runOf(() => 'done', {}, { store }).running).toMatchObject({ output: 'done' })
  })

  test('stores what a step that is under way returns all the same', async () => {
    const controller = new AbortController()
    const store = createMemoryRunStore()
    const paid = Promise.withResolvers<string>()
    const first = runOf(() => paid.promise, {}, { signal: controller.signal, store })
    await first.clock.settle()
    controller.abort()
    paid.resolve('paid')
    expect(await first.running).toMatchObject({ output: 'paid' })
  })

  test('ends the delay before a retry', async () => {
    const controller = new AbortController()
    const { clock, running } = runOf(succeedsAt(2).execute, { retry }, { signal: controller.signal })
    await clock.settle()
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(clock.pending).toBe(0)
  })

  test('in the very moment in which a delay is over begins no other attempt', async () => {
    const controller = new AbortController()
    const clock = createTestClock()
    const after = (ms: number, call: () => void) =>
      clock.after(ms, () => {
        call()
        controller.abort()
      })
    const { execute, attempts } = succeedsAt(2)
    const { running } = runOf(execute, { retry }, { clock: { ...clock, after }, signal: controller.signal })
    await clock.advance(100)
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(attempts).toEqual([1])
  })

  test('before it began executes nothing and stores nothing', async () => {
    const store = createMemoryRunStore()
    const { execute, attempts } = succeedsAt(1)
    const { running } = runOf(execute, {}, { signal: AbortSignal.abort(), store })
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(attempts).toEqual([])
    expect(await store.read('run')).toBeNull()
  })

  test('while a claim is on its way executes nothing, and gives it back', async () => {
    const controller = new AbortController()
    const memory = createMemoryRunStore()
    const answer = Promise.withResolvers<void>()
    const store = {
      ...memory,
      claim: async (claim: NodeClaim) => {
        const outcome = await memory.claim(claim)
        await answer.promise
        return outcome
      },
    }
    const { execute, attempts } = succeedsAt(1)
    const { clock, running } = runOf(execute, {}, { signal: controller.signal, store })
    await clock.settle()
    controller.abort()
    answer.resolve()
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(attempts).toEqual([])
    expect(await runOf(() => 'done', {}, { store: memory }).running).toMatchObject({ output: 'done' })
  })

  test('leaves no listener on its signal', async () => {
    const { signal } = new AbortController()
    const listeners = new Set<unknown>()
    const add = signal.addEventListener.bind(signal)
    signal.addEventListener = (type: string, listener: never) => {
      listeners.add(listener)
      add(type, listener)
    }
    const remove = signal.removeEventListener.bind(signal)
    signal.removeEventListener = (type: string, listener: never) => {
      listeners.delete(listener)
      remove(type, listener)
    }
    await runOf(() => 'done', {}, { signal }).running
    expect(listeners.size).toBe(0)
  })
})

describe('a run whose time is up', () => {
  const patient: Execute = (_input, _context, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

  test('by its workflow is cancelled, and its failure noted', async () => {
    const store = createMemoryRunStore()
    const { clock, running } = runOf(patient, {}, { store }, { timeout: 1_000 })
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject({ code: 'run_deadline_exceeded', fate: 'retryable' })
    expect(await store.read('run')).toMatchObject({ status: 'failed', error: { code: 'run_deadline_exceeded' } })
    expect(clock.pending).toBe(0)
  })

  test('by its caller is cancelled too', async () => {
    const { clock, running } = runOf(patient, {}, { deadline: 1_700_000_000_500 }, { timeout: 1_000 })
    await clock.advance(500)
    await expect(running).rejects.toMatchObject({ code: 'run_deadline_exceeded' })
  })

  test('that ends in time leaves no timer', async () => {
    const { clock, running } = runOf(() => 'done', {}, {}, { timeout: 1_000 })
    await running
    expect(clock.pending).toBe(0)
  })

  test.each([
    ['without a store', () => ({})],
    ['with a store', () => ({ store: createMemoryRunStore() })],
  ])('before it began executes nothing %s', async (_where, settings) => {
    const { execute, attempts } = succeedsAt(1)
    const { running } = runOf(execute, {}, { deadline: 1_700_000_000_000, ...settings() })
    await expect(running).rejects.toMatchObject({ code: 'run_deadline_exceeded' })
    expect(attempts).toEqual([])
  })

  test('while steps keep the thread starts no other node and no other round', async () => {
    const clock = createTestClock()
    let now = clock.now()
    const busy = { ...clock, now: () => now }
    let calls = 0
    const execute = () => {
      calls += 1
      now += 8
      return calls
    }
    const repeat = { while: () => true, maxRounds: 1_000 }
    const { running, heard } = runOf(execute, {}, { clock: busy }, { timeout: 20, repeat })
    await expect(running).rejects.toMatchObject({ code: 'run_deadline_exceeded' })
    expect(calls).toBe(3)
    expect(heard.at(-1)).toMatchObject({ kind: 'run_failed', round: 4 })
  })

  test('while a claim is on its way executes nothing', async () => {
    const clock = createTestClock()
    let now = clock.now()
    const memory = createMemoryRunStore()
    const claim = async (claim: NodeClaim) => {
      const outcome = await memory.claim(claim)
      now += 1_000
      return outcome
    }
    const { execute, attempts } = succeedsAt(1)
    const store = { ...memory, claim }
    const { running } = runOf(
      execute,
      { retryable: false },
      { clock: { ...clock, now: () => now }, store },
      { timeout: 20 },
    )
    await expect(running).rejects.toMatchObject({ code: 'run_deadline_exceeded' })
    expect(attempts).toEqual([])
    expect(await runOf(() => 'done', { retryable: false }, { store: memory }).running).toMatchObject({ output: 'done' })
  })

  test('begins no attempt that could not begin in time', async () => {
    const { execute, attempts } = succeedsAt(9)
    const { clock, running } = runOf(execute, { retry }, {}, { timeout: 150 })
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject({ code: 'busy' })
    expect(attempts).toEqual([1, 2])
  })
})
