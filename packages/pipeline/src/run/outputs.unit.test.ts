import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
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
async function seenOf(step: AnyStep<unknown>) {
  const settings = { key: 'run', clock: createTestClock(), store: createMemoryRunStore() }
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

describe('the output of a memoised node', () => {
  test('is what JSON makes of it, so that it is the same before and after a crash', async () => {
    const made = stepOf('made', () => ({ at: new Date(0), gone: undefined, kept: null, list: [1, 'ü', '\u0000'] }))
    expect(await seenOf(made)).toEqual({ at: '1970-01-01T00:00:00.000Z', kept: null, list: [1, 'ü', '\u0000'] })
  })

  test('is read by its schema, which can bring back what JSON does not hold', async () => {
    const made = defineStep({
      ...stepOf('made', () => ({ at: new Date(0) })),
      output: z.object({ at: z.coerce.date() }),
    })
    expect(await seenOf(made)).toEqual({ at: new Date(0) })
  })

  test('is undefined where the step returns nothing', async () => {
    expect(await seenOf(stepOf('made', () => {}))).toBeUndefined()
  })

  test('is refused where its schema does not take it, with paths and without values', async () => {
    const made = defineStep({
      ...stepOf('made', () => ({ email: 'pat' }) as { email: string }),
      output: z.object({ email: z.email() }),
    })
    await expect(seenOf(made)).rejects.toMatchObject({
      code: 'invalid_step_output',
      fate: 'permanent',
      message: 'step "made" failed: the stored output of step "made" does not fit its schema at email (invalid_format)',
    })
  })

  test.each<[string, () => unknown]>([
    ['a function', () => () => 1],
    ['a bigint', () => ({ n: 1n })],
    [
      'a circle',
      () => {
        const circle: Record<string, unknown> = {}
        circle.self = circle
        return circle
      },
    ],
  ])('cannot be %s', async (_what, execute) => {
    await expect(seenOf(stepOf('made', execute))).rejects.toMatchObject({
      code: 'unserialisable_output',
      fate: 'permanent',
    })
  })
})

test('an output that cannot be stored is no reason to execute a step that must not be repeated once more', async () => {
  const clock = createTestClock()
  const settings = { key: 'run', clock, store: createMemoryRunStore({ clock }) }
  let calls = 0
  const step = {
    ...stepOf('made', () => {
      calls += 1
      return 1n
    }),
    retryable: false,
  }
  const made = node({ step, after: { input } })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [made], output: made })
  await expect(runWorkflow(workflow, 1, settings)).rejects.toMatchObject({ code: 'unserialisable_output' })
  const again = runWorkflow(workflow, 1, settings)
  again.catch(() => {})
  await clock.advance(120_000)
  await expect(again).rejects.toMatchObject({ code: 'step_outcome_unknown' })
  expect(calls).toBe(1)
})

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
