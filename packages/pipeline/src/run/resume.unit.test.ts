import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import { dyingStore } from '../test-kit/dying-store.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { fanOut, node, workflowInput } from '../workflow/node.ts'
import { type RunSettings, runWorkflow } from './run-workflow.ts'

/** Which node was executed under which key, in order. */
const executed: { readonly node: string; readonly key: string }[] = []
beforeEach(() => void executed.splice(0))

const paid = <Output>(name: string, work: (n: number) => Output, retryable = true) => ({
  ...stepOf(name, async (n: number, _context, run) => {
    executed.push({ node: `${name}(${n})`, key: run.idempotencyKey })
    return work(n)
  }),
  retryable,
})

const number = workflowInput(z.number())

function chain(retryable = true) {
  const first = node({ step: paid('first', (n) => n + 1, retryable), after: { number }, input: ({ number }) => number })
  const each = fanOut({
    step: paid('each', (n) => n * 10, retryable),
    after: { first },
    over: ({ first }) => [first, first + 1, first + 2],
    concurrency: 2,
    input: (n) => n,
  })
  const last = node({
    step: paid('last', (n) => ({ sum: n }), retryable),
    after: { each },
    input: ({ each }) => each.reduce((sum, n) => sum + n, 0),
  })
  return defineWorkflow({ name: 'chain', version: '1', input: number, steps: [first, each, last], output: last })
}

const NODES = ['first(1)', 'each(2)', 'each(3)', 'each(4)', 'last(90)']

/** The calls of an undisturbed run: begin, claim and complete of five nodes, end. */
const CALLS = 12

function world() {
  const clock = createTestClock()
  const store = createMemoryRunStore({ clock })
  const settings: RunSettings = { key: 'run', clock, store }
  /** The run after everything that the dead one held has run out. */
  const resume = async (workflow = chain()) => {
    const running = runWorkflow(workflow, 1, settings).then(
      (result) => result,
      (error: unknown) => error,
    )
    await clock.advance(120_000)
    return running
  }
  return { clock, store, settings, resume }
}

const counts = () =>
  Object.fromEntries(NODES.map((name) => [name, executed.filter(({ node }) => node === name).length]))

test('an undisturbed run makes so many calls', async () => {
  const { store, settings } = world()
  const counting = dyingStore(store, Infinity, true)
  await runWorkflow(chain(), 1, { ...settings, store: counting })
  expect(counting.calls).toHaveLength(CALLS)
})

const points = Array.from({ length: CALLS }, (_, index) => index + 1)

describe.each([true, false])('a process that dies at a call to the store that takes effect: %s', (takesEffect) => {
  test.each(points)('at call %i: the run is resumed, and what was stored is never executed again', async (n) => {
    const { store, settings, resume } = world()
    const dying = dyingStore(store, n, takesEffect)
    await expect(runWorkflow(chain(), 1, { ...settings, store: dying })).rejects.toThrow('the process is dead')
    // Those under way beside the one that met the end may be cut off as well.
    const cutOff =
      executed.length - dying.calls.slice(0, takesEffect ? n : n - 1).filter((call) => call === 'complete').length

    await expect(resume()).resolves.toMatchObject({ output: { sum: 90 }, status: 'completed' })
    expect(Object.values(counts()).every((count) => count >= 1)).toBe(true)
    expect(executed).toHaveLength(NODES.length + cutOff)
    for (const name of NODES) {
      const keys = new Set(executed.filter(({ node }) => node === name).map(({ key }) => key))
      expect(keys.size, `${name} keeps its idempotency key`).toBe(1)
    }
  })

  test.each(points)('at call %i: steps that must not be repeated are executed once at most', async (n) => {
    const { store, settings, resume } = world()
    const dying = dyingStore(store, n, takesEffect)
    await expect(runWorkflow(chain(false), 1, { ...settings, store: dying })).rejects.toThrow('the process is dead')
    const call = dying.calls[n - 1]
    /** The dead process may have called the provider and could not say what came of it. */
    const isUnknown = takesEffect ? call === 'claim' : call === 'complete'

    const outcome = await resume(chain(false))
    expect(Math.max(...Object.values(counts()))).toBeLessThanOrEqual(1)
    if (isUnknown || outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: 'step_outcome_unknown', fate: 'permanent' })
    } else {
      expect(outcome).toMatchObject({ output: { sum: 90 } })
    }
  })
})

test('every node of a run has an idempotency key of its own, and every run others', async () => {
  const { settings } = world()
  await runWorkflow(chain(), 1, settings)
  await runWorkflow(chain(), 1, { ...settings, key: 'another run' })
  expect(new Set(executed.map(({ key }) => key)).size).toBe(2 * NODES.length)
})

test('a provider is given another idempotency key by another workflow, also under the same names and keys', async () => {
  const { clock, settings } = world()
  await runWorkflow(chain(), 1, settings)
  await runWorkflow({ ...chain(), name: 'another' }, 1, { ...settings, store: createMemoryRunStore({ clock }) })
  expect(new Set(executed.map(({ key }) => key)).size).toBe(2 * NODES.length)
})

test('a run that ended returns its output again without executing anything', async () => {
  const { settings } = world()
  const first = await runWorkflow(chain(), 1, settings)
  executed.splice(0)
  const again = await runWorkflow(chain(), 1, settings)
  expect(again).toEqual({ ...first, endedHere: false })
  expect(executed).toEqual([])
})

test('a run that failed goes on with what is finished', async () => {
  const { settings } = world()
  let isBroken = true
  const first = node({ step: paid('first', (n) => n + 1), after: { number }, input: ({ number }) => number })
  const fragile = stepOf('fragile', (n: number) => {
    if (isBroken) throw new Error('odd')
    return n * 2
  })
  const last = node({ step: fragile, after: { first }, input: ({ first }) => first })
  const workflow = defineWorkflow({ name: 'w', version: '1', input: number, steps: [first, last], output: last })

  await expect(runWorkflow(workflow, 1, settings)).rejects.toMatchObject({ code: 'unexpected_error', node: 'fragile' })
  isBroken = false
  const { output, steps } = await runWorkflow(workflow, 1, settings)
  expect(output).toBe(4)
  expect(executed).toHaveLength(1)
  expect(steps.map(({ name, status }) => [name, status])).toEqual([
    ['first', 'memoised'],
    ['fragile', 'completed'],
  ])
})

test('a node that is not memoised is computed again', async () => {
  const { store, settings } = world()
  const first = node({
    step: paid('first', (n) => n + 1),
    after: { number },
    input: ({ number }) => number,
    memoise: false,
  })
  const last = node({ step: paid('last', (n) => n), after: { first }, input: ({ first }) => first })
  const workflow = defineWorkflow({ name: 'w', version: '1', input: number, steps: [first, last], output: last })
  // begin, and the claim and the output of the last node
  const dying = dyingStore(store, 3, true)
  await expect(runWorkflow(workflow, 1, { ...settings, store: dying })).rejects.toThrow('the process is dead')
  await expect(runWorkflow(workflow, 1, settings)).resolves.toMatchObject({ output: 2 })
  expect(executed.map(({ node }) => node)).toEqual(['first(1)', 'last(2)', 'first(1)'])
})

describe('a fan-out', () => {
  /** Asks once for each supplier, in whatever order the list comes. */
  const asking = (list: () => readonly string[], asked: string[]) => {
    const ask = stepOf('ask', (supplier: string, _context, { idempotencyKey }) => {
      asked.push(`${supplier} ${idempotencyKey}`)
      if (supplier === 'broken') throw new Error('odd')
      return `${supplier} ${asked.length}`
    })
    const input = ({ number }: { number: number }) => number
    const suppliers = node({ step: stepOf('list', list), after: { number }, input, memoise: false })
    const over = ({ suppliers }: { suppliers: readonly string[] }) => suppliers
    const each = fanOut({
      step: ask,
      after: { suppliers },
      over,
      concurrency: 1,
      input: (supplier: string) => supplier,
    })
    return defineWorkflow({ name: 'asking', version: '1', input: number, steps: [suppliers, each], output: each })
  }

  test('whose list comes in another order when it is resumed asks nobody twice', async () => {
    const { settings } = world()
    const asked: string[] = []
    let list = ['a', 'b', 'broken']
    await expect(
      runWorkflow(
        asking(() => list, asked),
        1,
        settings,
      ),
    ).rejects.toMatchObject({ node: 'ask[2]' })
    list = ['c', 'b', 'a']
    const { output } = await runWorkflow(
      asking(() => list, asked),
      1,
      settings,
    )
    expect(output).toEqual(['c 4', 'b 2', 'a 1'])
  })

  test('executes items of one key one by one, and knows each again', async () => {
    const { settings } = world()
    const asked: string[] = []
    let list = ['a', 'a', 'broken']
    await runWorkflow(
      asking(() => list, asked),
      1,
      settings,
    ).catch(() => {})
    list = ['a', 'a', 'a']
    const { output } = await runWorkflow(
      asking(() => list, asked),
      1,
      settings,
    )
    expect(output).toEqual(['a 1', 'a 2', 'a 4'])
    expect(new Set(asked.filter((one) => one.startsWith('a '))).size).toBe(3)
  })
})
