import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import { dyingStore } from '../test-kit/dying-store.ts'
import { gate, stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import { runWorkflow } from './run-workflow.ts'

const executed: string[] = []
beforeEach(() => void executed.splice(0))

interface Pricing {
  readonly version: string
  readonly from?: readonly string[]
  readonly load?: () => Promise<unknown>
  readonly price?: () => Promise<unknown>
  readonly retryable?: boolean
  readonly memoise?: boolean
}

/** Two nodes one after the other, of which each version makes outputs that the other's schema refuses. */
function pricing({ version, from = [], retryable = true, memoise = true, ...waits }: Pricing) {
  const input = workflowInput(z.string())
  const output = z.object({ by: z.literal(version) })
  const call = (name: 'load' | 'price') => async () => {
    executed.push(`${name} by ${version}`)
    await waits[name]?.()
    return { by: version }
  }
  const load = node({
    step: { ...stepOf('load', call('load')), retryable, ...(retryable ? { output } : {}) },
    after: { input },
    input: () => 'sku',
    memoise,
  })
  const price = node({ step: { ...stepOf('price', call('price')), output }, after: { load }, memoise })
  const onVersionChange = { kind: 'restart', from } as const
  return defineWorkflow({ name: 'pricing', version, input, steps: [load, price], output: price, onVersionChange })
}

function world() {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  const run = (options: Pricing, over = store) => {
    const running = runWorkflow(pricing(options), 'sku', { key: 'run', clock, store: over })
    running.catch(() => {})
    return running
  }
  return { clock, store, run }
}

const contended = { code: 'run_version_contended', fate: 'retryable' }

describe('a worker whose run was restarted by another version meanwhile', () => {
  test('executes nothing more, and the run stays what the other version makes of it', async () => {
    const { clock, store, run } = world()
    const [loaded, priced] = [gate(), gate()]
    const old = run({ version: '1', load: () => loaded.promise })
    await clock.settle()
    const next = run({ version: '2', from: ['1'], price: () => priced.promise })
    await clock.settle()
    loaded.resolve()
    await expect(old).rejects.toMatchObject(contended)
    expect(executed).toEqual(['load by 1', 'load by 2', 'price by 2'])
    expect(await store.read('run')).toMatchObject({ version: '2', status: 'running' })

    priced.resolve()
    await expect(next).resolves.toMatchObject({ output: { by: '2' }, endedHere: true })
    expect(await store.read('run')).toMatchObject({ version: '2', output: '{"by":"2"}' })
    expect(clock.pending).toBe(0)
  })

  test.each(['under way', 'ended'])('does not end the run, which is %s, where it stores no outputs', async (state) => {
    const { clock, store, run } = world()
    const [oldPriced, priced] = [gate(), gate()]
    const old = run({ version: '1', memoise: false, price: () => oldPriced.promise })
    await clock.settle()
    const next = run({ version: '2', from: ['1'], memoise: false, price: () => priced.promise })
    await clock.settle()
    if (state === 'ended') priced.resolve()
    await clock.settle()
    oldPriced.resolve()
    await expect(old).rejects.toMatchObject(contended)
    priced.resolve()
    await expect(next).resolves.toMatchObject({ output: { by: '2' }, endedHere: true })
    expect(await store.read('run')).toMatchObject({ version: '2', status: 'completed', output: '{"by":"2"}' })
  })

  test('does not make the run of the other version a failed one, and says nothing of it by what it fails of', async () => {
    const { clock, store, run } = world()
    const [loaded, priced] = [gate(), gate()]
    const old = run({ version: '1', load: () => loaded.promise })
    await clock.settle()
    const next = run({ version: '2', from: ['1'], price: () => priced.promise })
    await clock.settle()
    const cause = new AppError('too late', { code: 'too_late', fate: 'permanent' })
    loaded.reject(cause)
    await expect(old).rejects.toMatchObject({ ...contended, cause: { code: 'too_late', cause } })
    expect(await store.read('run')).toMatchObject({ version: '2', status: 'running', error: null })
    priced.resolve()
    await next
  })
})

describe('a restart', () => {
  test('goes one way only: an older process leaves the run of a newer version alone', async () => {
    const { clock, store, run } = world()
    const priced = gate()
    const next = run({ version: '2', from: ['1'], price: () => priced.promise })
    await clock.settle()
    await expect(run({ version: '1', from: ['0'] })).rejects.toMatchObject({ code: 'workflow_version_unknown' })
    expect(await store.read('run')).toMatchObject({ version: '2', status: 'running' })
    priced.resolve()
    await next
    expect(executed).toEqual(['load by 2', 'price by 2'])
  })

  test('keeps what a step that must not be repeated returned', async () => {
    const { store, run } = world()
    // begin, claim, complete
    const old = run({ version: '1', retryable: false }, { ...store, ...dyingStore(store, 3, true) })
    await expect(old).rejects.toThrow('the process is dead')
    await run({ version: '2', from: ['1'], retryable: false })
    expect(executed).toEqual(['load by 1', 'price by 2'])
  })

  test('does not repeat a step that must not be, where its attempt was cut off', async () => {
    const { clock, store, run } = world()
    // begin, claim, complete, which never reaches the store
    const old = run({ version: '1', retryable: false }, { ...store, ...dyingStore(store, 3, false) })
    await expect(old).rejects.toThrow('the process is dead')
    const next = run({ version: '2', from: ['1'], retryable: false })
    await clock.advance(120_000)
    await expect(next).rejects.toMatchObject({ code: 'step_outcome_unknown', fate: 'permanent' })
    expect(executed).toEqual(['load by 1'])
  })

  test('takes over what a step that must not be repeated returns to the worker of the version before', async () => {
    const { clock, run } = world()
    const loaded = gate()
    const old = run({ version: '1', retryable: false, load: () => loaded.promise })
    await clock.settle()
    const next = run({ version: '2', from: ['1'], retryable: false })
    await clock.advance(1_000)
    loaded.resolve()
    await expect(old).rejects.toMatchObject(contended)
    await clock.advance(10_000)
    await expect(next).resolves.toMatchObject({ output: { by: '2' } })
    expect(executed).toEqual(['load by 1', 'price by 2'])
  })
})
