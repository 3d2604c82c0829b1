import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { dyingStore } from '../test-kit/dying-store.ts'
import { failure } from '../test-kit/run-store/world.ts'
import { gate, stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow, type OnVersionChange, type Workflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import type { RunTransition } from './run-transition.ts'
import { runWorkflow } from './run-workflow.ts'

type Input = { readonly sku: string; readonly amount: number }
const order = workflowInput<Input, Input>(z.object({ sku: z.string(), amount: z.number() }))

const executed: string[] = []
beforeEach(() => void executed.splice(0))

/** Two paid nodes one after the other; the output says by which version it was made. */
function pricing(version: string, onVersionChange?: OnVersionChange<Input, string, unknown>) {
  const paid = (name: string) =>
    stepOf(name, (text: string) => {
      executed.push(`${name} by ${version}`)
      return `${text} ${name} ${version}`
    })
  const load = node({ step: paid('load'), after: { order }, input: ({ order }) => order.sku })
  const price = node({ step: paid('price'), after: { load }, input: ({ load }) => load })
  const definition = { name: 'pricing', version, input: order, steps: [load, price], output: price }
  return defineWorkflow(onVersionChange === undefined ? definition : { ...definition, onVersionChange })
}

const input = { sku: 'a', amount: 1 }

/** A run by version 1 that was cut off after its first node. */
async function cutOff() {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  // begin, claim, complete
  await runWorkflow(pricing('1'), input, { key: 'run', clock, store: dyingStore(store, 3, true) }).catch(() => {})
  executed.splice(0)
  return { store, clock, settings: { key: 'run', clock, store } }
}

describe('a run that another version of its workflow began', () => {
  test('is finished by that version where the definition lists it', async () => {
    const { settings } = await cutOff()
    const { output } = await runWorkflow(pricing('2', { kind: 'finish', earlier: [pricing('1')] }), input, settings)
    expect(output).toBe('a load 1 price 1')
    expect(executed).toEqual(['price by 1'])
  })

  test('is given its input as that version reads it', async () => {
    const { store, settings } = await cutOff()
    const reading = (
      version: string,
      read: (sku: string) => string,
      earlier: Workflow<string, string, unknown>[] = [],
    ) => {
      const sku = workflowInput(z.string().transform(read))
      const load = node({ step: stepOf('load', (text: string) => text), after: { sku }, input: ({ sku }) => sku })
      const onVersionChange = { kind: 'finish', earlier } as const
      return defineWorkflow({ name: 'reading', version, input: sku, steps: [load], output: load, onVersionChange })
    }
    const first = reading('1', (sku) => `${sku} as read by 1`)
    await runWorkflow(first, 'a', { ...settings, key: 'read', store: dyingStore(store, 1, true) }).catch(() => {})
    const second = reading('2', (sku) => `${sku} as read by 2`, [first])
    await expect(runWorkflow(second, 'a', { ...settings, key: 'read' })).resolves.toMatchObject({
      output: 'a as read by 1',
    })
  })

  test('begins anew where the definition says so', async () => {
    const { store, settings } = await cutOff()
    const { output } = await runWorkflow(pricing('2', { kind: 'restart', from: ['1'] }), input, settings)
    expect(output).toBe('a load 2 price 2')
    expect(executed).toEqual(['load by 2', 'price by 2'])
    expect(await store.read('run')).toMatchObject({ version: '2', status: 'completed' })
  })

  test('is left alone where the definition says nothing of it', async () => {
    const { store, settings } = await cutOff()
    await expect(runWorkflow(pricing('2'), input, settings)).rejects.toMatchObject({
      code: 'workflow_version_unknown',
      fate: 'unknown',
      message: expect.stringContaining('was begun by version "1", which version "2" does not know'),
    })
    expect(executed).toEqual([])
    expect(await store.read('run')).toMatchObject({ version: '1', status: 'running' })
  })

  test('returns its output if it ended, whatever the definition says of versions', async () => {
    const { settings } = await cutOff()
    await runWorkflow(pricing('1'), input, settings)
    expect(await runWorkflow(pricing('3'), input, settings)).toMatchObject({
      output: 'a load 1 price 1',
      endedHere: false,
    })
  })

  test('is looked at again where another worker restarted it first', async () => {
    const { store, settings } = await cutOff()
    const racing: RunStore = {
      ...store,
      restart: async (key, from, to) => {
        await store.restart(key, from, to)
        return store.restart(key, from, to)
      },
    }
    const { output } = await runWorkflow(pricing('2', { kind: 'restart', from: ['1'] }), input, {
      ...settings,
      store: racing,
    })
    expect(output).toBe('a load 2 price 2')
  })

  test('is given up for now where it moves again and again', async () => {
    const { store, settings } = await cutOff()
    const moving: RunStore = { ...store, restart: async () => false }
    const running = runWorkflow(pricing('2', { kind: 'restart', from: ['1'] }), input, { ...settings, store: moving })
    await expect(running).rejects.toMatchObject({ code: 'run_version_contended', fate: 'retryable' })
  })
})

describe('a run that failed', () => {
  /** Its second node's, for good. */
  async function failed() {
    const world = await cutOff()
    await world.store.end({ key: 'run', version: '1', token: 'worker' }, failure('provider_away'))
    return world
  }
  const asItWas = { version: '1', status: 'failed', error: { code: 'provider_away' } }

  test('is shown as running once it goes on, by whichever version', async () => {
    for (const workflow of [pricing('1'), pricing('2', { kind: 'finish', earlier: [pricing('1')] })]) {
      const { store, settings } = await failed()
      const seen: unknown[] = []
      const observe = async ({ kind }: RunTransition) => {
        if (kind === 'run_resumed') seen.push(await store.read('run'))
      }
      await runWorkflow(workflow, input, { ...settings, observers: [(transition) => void observe(transition)] })
      expect(seen).toMatchObject([{ version: '1', status: 'running', error: null }])
    }
  })

  test('stays as it was where whoever asks is refused', async () => {
    const { store, settings } = await failed()
    const others = [
      runWorkflow(pricing('1'), { sku: 'b', amount: 1 }, settings),
      runWorkflow({ ...pricing('1'), name: 'selling' }, input, settings),
      runWorkflow(pricing('2'), input, settings),
      runWorkflow(pricing('2', { kind: 'restart', from: ['0'] }), input, settings),
    ]
    const codes = (await Promise.allSettled(others)).map((one) => one.status === 'rejected' && one.reason.code)
    expect(codes).toEqual([
      ...['run_key_reused', 'run_key_reused'],
      ...['workflow_version_unknown', 'workflow_version_unknown'],
    ])
    expect(await store.read('run')).toMatchObject(asItWas)
  })
})

test('a run that is cancelled while it begins executes nothing, and stays open', async () => {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  const begins = gate()
  const slow: RunStore = {
    ...store,
    begin: async (run) => {
      await begins.promise
      return store.begin(run)
    },
  }
  const controller = new AbortController()
  const running = runWorkflow(pricing('1'), input, { key: 'run', clock, store: slow, signal: controller.signal })
  controller.abort()
  begins.resolve()
  await expect(running).rejects.toMatchObject({ code: 'run_cancelled' })
  expect(executed).toEqual([])
  expect(await store.read('run')).toMatchObject({ status: 'running' })
})

describe('a key', () => {
  test('stands for one workflow', async () => {
    const { store, settings } = await cutOff()
    const other = { ...pricing('1'), name: 'selling' }
    await expect(runWorkflow(other, input, settings)).rejects.toMatchObject({
      code: 'run_key_reused',
      message: 'run "run" of workflow "selling" was begun by another workflow; one key stands for one run: use another',
    })
    expect(await store.read('run')).toMatchObject({ workflow: 'pricing' })
  })

  test('stands for one input', async () => {
    const { settings } = await cutOff()
    const other = runWorkflow(pricing('1'), { sku: 'a', amount: 2 }, settings)
    await expect(other).rejects.toMatchObject({
      code: 'run_key_reused',
      fate: 'permanent',
      message: 'run "run" of workflow "pricing" was begun with another input; one key stands for one run: use another',
    })
    expect(executed).toEqual([])
  })

  test('does not mind in which order the fields of its input are written', async () => {
    const { settings } = await cutOff()
    await expect(runWorkflow(pricing('1'), { amount: 1, sku: 'a' }, settings)).resolves.toMatchObject({
      output: 'a load 1 price 1',
    })
  })
})
