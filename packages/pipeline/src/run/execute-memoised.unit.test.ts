import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { NodeClaim, RunStore } from '../store/run-store.ts'
import { gate, stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import { type RunSettings, runWorkflow } from './run-workflow.ts'

let calls = 0
beforeEach(() => {
  calls = 0
})

interface Charging {
  readonly retryable?: boolean
  readonly timeout?: number
  /** What the step's key is. */
  readonly key?: string
}

/** A workflow of one paid node. */
function charging(work: () => unknown, { key = 'order', ...more }: Charging = {}) {
  const input = workflowInput(z.number())
  const execute = () => {
    calls += 1
    return work()
  }
  const step = { ...stepOf('charge', execute), ...more, idempotencyKey: () => key }
  const charge = node({ step, after: { input } })
  return defineWorkflow({ name: 'charging', version: '1', input, steps: [charge], output: charge })
}

function world() {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  const run = (workflow: ReturnType<typeof charging>, more: Partial<RunSettings> = {}) => {
    const running = runWorkflow(workflow, 1, { key: 'run', clock, store, random: () => 1, ...more })
    running.catch(() => {})
    return running
  }
  return { clock, store, run }
}

const ONCE = { retryable: false }
const away = () => new AppError('the store is away', { code: 'mongodb_unavailable', fate: 'unavailable' })
const unknownOutcome = { code: 'step_outcome_unknown', fate: 'permanent' }

/** The node's claim by somebody else. */
const byAnother = (more: Partial<NodeClaim> = {}): NodeClaim => ({
  ...{ run: 'run', version: '1', retryable: true, node: 'charge', idempotencyKey: 'order' },
  ...{ token: 'another', at: new Date(), holdMs: 60_000, ...more },
})

describe('a key that no database would give back', () => {
  const cutOff = 'Pat 👋'.slice(0, 5)

  test.each(['', cutOff])('is none for a run: "%s"', async (key) => {
    const { store, run } = world()
    const refused = { code: 'invalid_key', fate: 'permanent' }
    await expect(
      run(
        charging(() => 'paid'),
        { key },
      ),
    ).rejects.toMatchObject(refused)
    await expect(
      run(
        charging(() => 'paid'),
        { key, store: undefined },
      ),
    ).rejects.toMatchObject(refused)
    expect(await store.read(key)).toBeNull()
    expect(calls).toBe(0)
  })

  test.each(['', cutOff])('is none for a step whose output is stored: "%s"', async (key) => {
    const { run, clock } = world()
    await expect(run(charging(() => 'paid', { key }))).rejects.toMatchObject({ code: 'invalid_key', fate: 'permanent' })
    expect(calls).toBe(0)
    expect(clock.pending).toBe(0)
  })
})

describe('a node that another worker holds', () => {
  test('is looked at no sooner than a tenth of a second later, however soon the store says that it is free', async () => {
    const { clock, store, run } = world()
    let looks = 0
    const held: RunStore = {
      ...store,
      claim: async () => {
        looks += 1
        return { kind: 'held', forMs: 1 }
      },
    }
    const controller = new AbortController()
    const running = run(
      charging(() => 'paid'),
      { store: held, signal: controller.signal },
    )
    await clock.advance(1_000)
    expect(looks).toBe(11)
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
  })

  test('is taken over at the moment its claim runs out', async () => {
    const { clock, store, run } = world()
    await store.claim(byAnother({ holdMs: 11_000 }))
    const running = run(charging(() => 'paid'))
    await clock.advance(10_999)
    expect(calls).toBe(0)
    await clock.advance(1)
    await expect(running).resolves.toMatchObject({ output: 'paid' })
  })
})

describe('a claim whose answer is lost', () => {
  /** Claims take effect, and their answers are lost while `isAway` says so. */
  const losing = (store: RunStore, isAway: () => boolean): RunStore => ({
    ...store,
    claim: async (claim) => {
      const outcome = await store.claim(claim)
      if (isAway()) throw away()
      return outcome
    },
  })

  test.each([true, false])('is asked for again: the step is executed, once (retryable: %s)', async (retryable) => {
    const { clock, store, run } = world()
    let lost = 0
    const running = run(
      charging(() => 'paid', { retryable }),
      { store: losing(store, () => lost++ < 3) },
    )
    await clock.advance(2_000)
    await expect(running).resolves.toMatchObject({ output: 'paid' })
    expect(calls).toBe(1)
  })

  test.each([true, false])('is given back once nobody waits for it any more (retryable: %s)', async (retryable) => {
    const { clock, store, run } = world()
    const workflow = charging(() => 'paid', { retryable })
    const running = run(workflow, { store: losing(store, () => true) })
    await clock.advance(31_000)
    await expect(running).rejects.toMatchObject({ code: 'mongodb_unavailable', fate: 'unavailable' })
    expect(await store.claim(byAnother({ retryable }))).toEqual({ kind: 'claimed', interrupted: false })
    expect(calls).toBe(0)
  })

  test('is given back at once where the run is cancelled', async () => {
    const { clock, store, run } = world()
    const controller = new AbortController()
    const running = run(
      charging(() => 'paid', ONCE),
      { store: losing(store, () => true), signal: controller.signal },
    )
    await clock.settle()
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(await store.claim(byAnother(ONCE))).toEqual({ kind: 'claimed', interrupted: false })
    expect(clock.pending).toBe(0)
  })
})

describe('an attempt of a step that must not be repeated', () => {
  const refused = () => new AppError('the card was refused', { code: 'card_refused', fate: 'permanent' })

  test.each([
    ['for a connection that was refused', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['for a reason that it calls a passing one', new AppError('busy', { code: 'busy', fate: 'retryable' })],
    ['for no known reason', new Error('odd')],
  ])('that fails %s has an unknown outcome at once', async (_, cause) => {
    const { clock, run } = world()
    const workflow = charging(() => Promise.reject(cause), ONCE)
    await expect(run(workflow)).rejects.toMatchObject({ ...unknownOutcome, cause: { cause } })
    const again = run(workflow)
    await clock.advance(120_000)
    await expect(again).rejects.toMatchObject(unknownOutcome)
    expect(calls).toBe(1)
  })

  test('that took too long has an unknown outcome as well', async () => {
    const { clock, run } = world()
    const running = run(charging(() => gate().promise, { ...ONCE, timeout: 1_000 }))
    await clock.advance(1_000)
    await expect(running).rejects.toMatchObject(unknownOutcome)
  })

  test('that says that it was refused may be made again, by anybody and at once', async () => {
    const { store, run } = world()
    let isRefused = true
    const workflow = charging(() => (isRefused ? Promise.reject(refused()) : 'paid'), ONCE)
    await expect(run(workflow)).rejects.toMatchObject({ code: 'card_refused', fate: 'permanent' })
    isRefused = false
    await expect(run(workflow)).resolves.toMatchObject({ output: 'paid' })
    expect(await store.claim(byAnother(ONCE))).toEqual({ kind: 'finished', output: '"paid"' })
  })
})

describe('an output that the store refuses', () => {
  const refusing = (store: RunStore): RunStore => ({
    ...store,
    complete: async () => {
      throw new AppError('too large', { code: 'output_too_large', fate: 'permanent' })
    },
  })

  test('leaves the node to whoever comes next, where the step may be executed again', async () => {
    const { store, run } = world()
    await expect(
      run(
        charging(() => 'paid'),
        { store: refusing(store) },
      ),
    ).rejects.toMatchObject({
      code: 'output_too_large',
    })
    expect(await store.claim(byAnother())).toEqual({ kind: 'claimed', interrupted: false })
  })

  test('leaves it to nobody where the step must not be', async () => {
    const { store, run } = world()
    const refused = { code: 'output_too_large', fate: 'permanent' }
    await expect(
      run(
        charging(() => 'paid', ONCE),
        { store: refusing(store) },
      ),
    ).rejects.toMatchObject(refused)
    expect(await store.claim(byAnother(ONCE))).toMatchObject({ kind: 'held' })
  })
})

test('the store is told when a node began and when it was finished', async () => {
  const { clock, store, run } = world()
  const told: (readonly [string, number])[] = []
  const begin = clock.now()
  const watched: RunStore = {
    ...store,
    claim: (claim) => {
      told.push(['claim', claim.at.getTime() - begin])
      return store.claim(claim)
    },
    complete: (claim, output) => {
      told.push(['complete', claim.at.getTime() - begin])
      return store.complete(claim, output)
    },
  }
  await store.claim(byAnother({ holdMs: 100 }))
  const answer = gate<string>()
  const running = run(
    charging(() => answer.promise),
    { store: watched },
  )
  await clock.advance(600)
  answer.resolve('paid')
  await running
  expect(told).toEqual([
    ['claim', 0],
    ['claim', 100],
    ['complete', 600],
  ])
})
