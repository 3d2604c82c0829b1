import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { RetryPolicy } from '../retry/retry-policy.ts'
import { type AnyStep, defineStep } from '../step.ts'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { fanOut, node, workflowInput } from '../workflow/node.ts'
import { runWorkflow } from './run-workflow.ts'

const input = workflowInput(z.number())

/** What a node's dependent sees of the output of a step, and what the run returns of it: now, and asked for again. */
async function seenOf(step: AnyStep<unknown>, store?: RunStore) {
  const settings = { key: 'run', clock: createTestClock(), store }
  const seen: unknown[] = []
  const made = node({ step, after: { input } })
  const looked = node({
    step: stepOf('look', (parts: object) => void seen.push(parts)),
    after: { made },
    memoise: false,
  })
  const last = node({
    step: stepOf('last', ({ made }: { made: unknown }) => made),
    after: { made, looked },
    memoise: false,
  })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [made, looked, last], output: last })
  const first = await runWorkflow(workflow, 1, settings)
  const again = await runWorkflow(workflow, 1, settings)
  expect(again.output).toEqual(first.output)
  return seen.map((parts) => (parts as { made: unknown }).made)[0]
}

describe.each([
  ['with a store', createMemoryRunStore],
  ['without a store', () => undefined],
])('the output of a memoised node %s', (_where, open) => {
  test('is what JSON makes of it, so that it is the same before and after a crash', async () => {
    const made = stepOf('made', () => ({ at: new Date(0), gone: undefined, kept: null, list: [1, 'ü', '\u0000'] }))
    expect(await seenOf(made, open())).toEqual({ at: '1970-01-01T00:00:00.000Z', kept: null, list: [1, 'ü', '\u0000'] })
  })

  test('is read by its schema, which can bring back what JSON does not hold', async () => {
    const made = defineStep({
      ...stepOf('made', () => ({ at: new Date(0) })),
      output: z.object({ at: z.coerce.date() }),
    })
    expect(await seenOf(made, open())).toEqual({ at: new Date(0) })
  })

  test('is what its schema leaves of it', async () => {
    const made = defineStep({ ...stepOf('made', () => ({ a: 1, b: 2 })), output: z.object({ a: z.number() }) })
    expect(await seenOf(made, open())).toEqual({ a: 1 })
  })

  test('is undefined where the step returns nothing', async () => {
    expect(
      await seenOf(
        stepOf('made', () => {}),
        open(),
      ),
    ).toBeUndefined()
  })

  test('is refused where its schema does not take it, with paths and without values', async () => {
    const made = defineStep({
      ...stepOf('made', () => ({ email: 'pat' }) as { email: string }),
      output: z.object({ email: z.email() }),
    })
    await expect(seenOf(made, open())).rejects.toMatchObject({
      code: 'invalid_step_output',
      fate: 'unknown',
      message: 'step "made" failed: the output of step "made" does not fit its schema at email (invalid_format)',
    })
  })

  test('is refused where its schema cannot be asked', async () => {
    const made = defineStep({
      ...stepOf('made', () => 'pat'),
      output: z.string().refine(async () => true),
    })
    await expect(seenOf(made, open())).rejects.toMatchObject({
      code: 'invalid_step_output',
      message: expect.stringContaining('its schema threw, or is asynchronous'),
    })
  })

  test.each<[string, string, () => unknown]>([
    ['a function', 'a function at its top', () => () => 1],
    ['a bigint', 'a bigint at n', () => ({ n: 1n })],
    ['NaN', 'a number that is not finite at quotes.1.price', () => ({ quotes: [{ price: 1 }, { price: Number.NaN }] })],
    ['an infinite number', 'a number that is not finite at its top', () => Infinity],
    ['a list with nothing in a place', 'undefined in a list at 1', () => [1, undefined]],
    ['a map', 'a Map object at tags', () => ({ tags: new Map([['a', 1]]) })],
    ['a set', 'a Set object at its top', () => new Set()],
    ['a map with a field', 'a Map object at its top', () => Object.assign(new Map(), { label: 'a' })],
    ['an error', 'a TypeError object at its top', () => Object.assign(new TypeError('odd'), { code: 'odd' })],
    ['an object that hides what it holds', 'a Secret object at its top', () => new Secret()],
    ['an invalid date', 'an invalid date at at', () => ({ at: new Date('soon') })],
    [
      'a circle',
      'a circle at list.0.self',
      () => {
        const circle: Record<string, unknown> = {}
        circle.self = circle
        return { list: [circle] }
      },
    ],
  ])('cannot be %s', async (_what, words, execute) => {
    await expect(seenOf(stepOf('made', execute), open())).rejects.toMatchObject({
      code: 'unserialisable_output',
      fate: 'permanent',
      message: expect.stringContaining(`cannot be written as JSON, for ${words}; return plain objects`),
    })
  })

  test('may hold one object twice, and whatever says how it is written', async () => {
    const price = { amount: 1, toJSON: () => '1 EUR' }
    const both = { price }
    const made = stepOf('made', () => ({ low: both, high: both, list: [both, both] }))
    const written = { price: '1 EUR' }
    expect(await seenOf(made, open())).toEqual({ low: written, high: written, list: [written, written] })
  })

  test('is what JSON makes of it as the output of the run, also where the last node is not memoised', async () => {
    const last = node({ step: stepOf('last', () => ({ at: new Date(0) })), after: { input }, memoise: false })
    const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [last], output: last })
    const { output } = await runWorkflow(workflow, 1, { key: 'run', store: open() })
    expect(output).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  })
})

test('an input that JSON does not hold is refused before anything begins', async () => {
  const store = createMemoryRunStore()
  const input = workflowInput(z.object({ limits: z.array(z.any()) }))
  const made = node({ step: stepOf('made', () => 1), after: { input } })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [made], output: made })
  await expect(runWorkflow(workflow, { limits: [1, Infinity] }, { key: 'run', store })).rejects.toMatchObject({
    code: 'unserialisable_input',
    message: expect.stringContaining('for a number that is not finite at limits.1'),
  })
  expect(await store.read('run')).toBeNull()
})

describe.each([
  ['with a store', createMemoryRunStore],
  ['without a store', () => undefined],
])('an answer that does not fit %s', (_where, open) => {
  /** Answers nonsense once. */
  const asking = (retry?: RetryPolicy) => {
    let calls = 0
    const execute = () => {
      calls += 1
      return calls === 1 ? 'nonsense' : 'pat@example.com'
    }
    const step = defineStep({ ...stepOf('ask', execute), ...(retry && { retry }), output: z.email() })
    const asked = node({ step, after: { input } })
    return defineWorkflow({ name: 'w', version: '1', input, steps: [asked], output: asked })
  }

  test('is an attempt that failed', async () => {
    const clock = createTestClock()
    const workflow = asking({ maxAttempts: 2, initialDelayMs: 10, maxDelayMs: 10 })
    const running = runWorkflow(workflow, 1, { key: 'run', clock, store: open() })
    await clock.advance(10)
    expect(await running).toMatchObject({ output: 'pat@example.com', steps: [{ attempts: 2 }] })
  })

  test('is not kept: the run goes on when it is run again', async () => {
    const settings = { key: 'run', store: open() }
    const workflow = asking()
    await expect(runWorkflow(workflow, 1, settings)).rejects.toMatchObject({ code: 'invalid_step_output' })
    expect(await runWorkflow(workflow, 1, settings)).toMatchObject({ output: 'pat@example.com' })
  })
})

test('a stored output that the schema of today refuses is permanent', async () => {
  const settings = { key: 'run', store: createMemoryRunStore() }
  const workflowOf = (output: z.ZodType<string>, isBroken: boolean) => {
    const ask = node({ step: defineStep({ ...stepOf('ask', () => 'pat'), output }), after: { input } })
    const last = stepOf('last', ({ ask }: { ask: string }) => {
      if (isBroken) throw new Error('odd')
      return ask
    })
    const total = node({ step: last, after: { ask } })
    return defineWorkflow({ name: 'w', version: '1', input, steps: [ask, total], output: total })
  }
  await runWorkflow(workflowOf(z.string(), true), 1, settings).catch(() => {})
  await expect(runWorkflow(workflowOf(z.email(), false), 1, settings)).rejects.toMatchObject({
    code: 'invalid_step_output',
    fate: 'permanent',
    message: 'step "ask" failed: the stored output of step "ask" does not fit its schema at its top (invalid_format)',
  })
})

test('a node that is not memoised hands its output on as it is, unless its step has a schema', async () => {
  const found = new Map([['a', 1]])
  const map = node({ step: stepOf('map', () => found), after: { input }, memoise: false })
  const strip = defineStep({ ...stepOf('strip', () => ({ a: 1, b: 2 })), output: z.object({ a: z.number() }) })
  const stripped = node({ step: strip, after: { input }, memoise: false })
  const seen: unknown[] = []
  const look = stepOf('look', ({ map, stripped }: { map: Map<string, number>; stripped: { a: number } }) => {
    seen.push(map, stripped)
  })
  const looked = node({ step: look, after: { map, stripped } })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [map, stripped, looked], output: looked })
  await runWorkflow(workflow, 1, { key: 'run', store: createMemoryRunStore() })
  expect(seen[0]).toBe(found)
  expect(seen[1]).toEqual({ a: 1 })
})

test.each([
  ['cannot be stored', 'unserialisable_output', 1n],
  ['its schema refuses', 'invalid_step_output', 'pat'],
])(
  'an output that %s is no reason to execute a step that must not be repeated once more',
  async (_how, code, answer) => {
    const clock = createTestClock()
    const settings = { key: 'run', clock, store: createMemoryRunStore({ clock }) }
    let calls = 0
    const execute = () => {
      calls += 1
      return answer
    }
    const step = { ...stepOf('made', execute), ...(answer === 'pat' && { output: z.email() }), retryable: false }
    const made = node({ step: step as AnyStep<unknown>, after: { input } })
    const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [made], output: made })
    await expect(runWorkflow(workflow, 1, settings)).rejects.toMatchObject({ code, fate: 'permanent' })
    const again = runWorkflow(workflow, 1, settings)
    again.catch(() => {})
    await clock.advance(120_000)
    await expect(again).rejects.toMatchObject({ code: 'step_outcome_unknown' })
    expect(calls).toBe(1)
  },
)

test('a run whose output node is a fan-out returns its list, each item read by the schema', async () => {
  const step = defineStep({ ...stepOf('day', (n: number) => new Date(n)), output: z.coerce.date() })
  const days = fanOut({ step, after: { input }, over: ({ input }) => [input, 0], concurrency: 2, input: (n) => n })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [days], output: days })
  const settings = { key: 'run', store: createMemoryRunStore() }
  await runWorkflow(workflow, 5, settings)
  expect((await runWorkflow(workflow, 5, settings)).output).toEqual([new Date(5), new Date(0)])
})

describe('a store that is away', () => {
  const away = () => new AppError('the store is away', { code: 'mongodb_unavailable', fate: 'unavailable' })

  function world(times: number, name: 'complete' | 'end') {
    const clock = createTestClock()
    const memory = createMemoryRunStore({ clock })
    let failed = 0
    const call = async (...args: never[]) => {
      failed += 1
      if (failed <= times) throw away()
      return (memory[name] as (...args: never[]) => Promise<never>)(...args)
    }
    const store: RunStore = { ...memory, [name]: call }
    let calls = 0
    const paid = stepOf('paid', () => {
      calls += 1
      return 'paid'
    })
    const made = node({ step: paid, after: { input } })
    const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [made], output: made })
    const settings = { key: 'run', clock, store, random: () => 1 }
    return { clock, run: (more = {}) => runWorkflow(workflow, 1, { ...settings, ...more }), calls: () => calls }
  }

  test.each(['complete', 'end'] as const)('at %s is asked again before the work is given up', async (name) => {
    const { clock, run, calls } = world(5, name)
    const running = run()
    await clock.advance(20_000)
    await expect(running).resolves.toMatchObject({ output: 'paid' })
    expect(calls()).toBe(1)
    expect(clock.pending).toBe(0)
  })

  test('for half a minute and more is the failure of the run', async () => {
    const { clock, run } = world(Infinity, 'complete')
    const running = run()
    running.catch(() => {})
    await clock.advance(31_000)
    await expect(running).rejects.toMatchObject({ code: 'mongodb_unavailable', fate: 'unavailable', node: 'paid' })
  })

  test('is not asked past the deadline of the run', async () => {
    const { clock, run } = world(Infinity, 'complete')
    const running = run({ deadline: clock.now() + 1_000 })
    running.catch(() => {})
    await clock.advance(1_001)
    await expect(running).rejects.toMatchObject({ code: 'mongodb_unavailable', fate: 'unavailable' })
    expect(clock.pending).toBe(0)
  })
})

test('an object of a class is what its fields are, such as a record that a codec decoded', async () => {
  const input = workflowInput(z.custom<Sku>((value) => value instanceof Sku))
  const step = stepOf('read', ({ input }: { input: Sku }) => ({ read: input }))
  const read = node({ step, after: { input } })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [read], output: read })
  const store = createMemoryRunStore()
  expect((await runWorkflow(workflow, new Sku('a'), { key: 'run', store })).output).toEqual({ read: { id: 'a' } })
  expect(await store.read('run')).toMatchObject({ input: '{"id":"a"}' })
})

class Sku {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
}

class Secret {
  readonly #held = 1
  get held(): number {
    return this.#held
  }
}
