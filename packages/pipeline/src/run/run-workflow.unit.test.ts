import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { StepRun } from '../step.ts'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { fanOut, node, workflowInput } from '../workflow/node.ts'
import type { RunTransition } from './run-transition.ts'
import { runWorkflow } from './run-workflow.ts'

const number = workflowInput(z.number())
const double = stepOf('double', (n: number) => n * 2)
const square = stepOf('square', async (n: number) => n * n)
const sum = stepOf('sum', (parts: { readonly doubled: number; readonly squared?: number | undefined }) => {
  return parts.doubled + (parts.squared ?? 0)
})

const doubled = node({ step: double, after: { number }, input: ({ number }) => number })
const squared = node({
  step: square,
  after: { number },
  when: ({ number }) => number > 2,
  input: ({ number }) => number,
})
const total = node({ step: sum, after: { doubled }, optional: { squared } })
const sums = defineWorkflow({
  name: 'sums',
  version: '1',
  input: number,
  steps: [doubled, squared, total],
  output: total,
})

describe('a run', () => {
  test('hands outputs on from node to node and returns the last one', async () => {
    const { output, status, endedHere } = await runWorkflow(sums, 3, { key: 'run' })
    expect({ output, status, endedHere }).toEqual({ output: 15, status: 'completed', endedHere: true })
  })

  test('skips a node whose condition does not hold, and what may do without it goes on', async () => {
    const { output, steps } = await runWorkflow(sums, 2, { key: 'run' })
    expect(output).toBe(4)
    expect(steps.map(({ name, status }) => [name, status])).toEqual([
      ['double', 'completed'],
      ['square', 'skipped'],
      ['sum', 'completed'],
    ])
  })

  test('tells its observers everything, and those that throw, now or by a promise, harm nothing', async () => {
    const heard: RunTransition[] = []
    const observers = [
      () => {
        throw new Error('observer')
      },
      async () => {
        throw new Error('observer')
      },
      (transition: RunTransition) => heard.push(transition),
    ]
    await runWorkflow(sums, 2, { key: 'run', observers })
    expect(heard.map((transition) => [transition.kind, 'node' in transition ? transition.node : ''])).toEqual([
      ['run_started', ''],
      ['node_started', 'double'],
      ['node_completed', 'double'],
      ['node_skipped', 'square'],
      ['node_started', 'sum'],
      ['node_completed', 'sum'],
      ['run_completed', ''],
    ])
  })

  test('says in all it tells which worker it is, and which round', async () => {
    const heard: RunTransition[] = []
    const observers = [(transition: RunTransition) => void heard.push(transition)]
    const repeated = defineWorkflow({
      ...{ name: 'sums', version: '1', input: number, steps: [doubled, squared, total], output: total },
      repeat: { while: () => heard.at(-1)?.round === 1, maxRounds: 2 },
    })
    for (const key of ['one', 'two']) await runWorkflow(repeated, 2, { key, observers })
    const workerOf = (key: string) => new Set(heard.flatMap(({ run, worker }) => (run === key ? [worker] : [])))
    expect(workerOf('one').size).toBe(1)
    expect(workerOf('one')).not.toEqual(workerOf('two'))
    const rounds = heard.flatMap(({ run, kind, round }) => (run === 'one' ? [`${kind} ${round}`] : []))
    expect(rounds).toEqual([
      ...[
        'run_started 1',
        'node_started 1',
        'node_completed 1',
        'node_skipped 1',
        'node_started 1',
        'node_completed 1',
      ],
      ...['run_repeated 2', 'node_started 2', 'node_completed 2', 'node_skipped 2', 'node_started 2'],
      ...['node_completed 2', 'run_completed 2'],
    ])
  })

  test.each([
    ['its input is refused', 'x' as never, {}, 'invalid_workflow_input'],
    ['it was cancelled before', 2, { signal: AbortSignal.abort() }, 'run_cancelled'],
  ])('that cannot begin because %s is told by its failure alone', async (_why, given, more, code) => {
    const heard: RunTransition[] = []
    const observers = [(transition: RunTransition) => void heard.push(transition)]
    await expect(runWorkflow(sums, given, { key: 'run', observers, ...more })).rejects.toMatchObject({ code })
    expect(heard).toMatchObject([{ kind: 'run_failed', code, run: 'run', workflow: 'sums', version: '1' }])
  })

  test('whose stored output cannot be read any more is told by its failure alone', async () => {
    const heard: RunTransition[] = []
    const workflowOf = (output: z.ZodType<string>) => {
      const ask = node({ step: { ...stepOf('ask', () => 'pat'), output } })
      return defineWorkflow({ name: 'w', version: '1', input: number, steps: [ask], output: ask })
    }
    const settings = { key: 'run', store: createMemoryRunStore() }
    await runWorkflow(workflowOf(z.string()), 2, settings)
    const observers = [(transition: RunTransition) => void heard.push(transition)]
    const again = runWorkflow(workflowOf(z.email()), 2, { ...settings, observers })
    await expect(again).rejects.toMatchObject({ code: 'invalid_step_output', fate: 'permanent' })
    expect(heard).toMatchObject([{ kind: 'run_failed', code: 'invalid_step_output' }])
  })

  test('that had ended before is told by that alone', async () => {
    const heard: RunTransition[] = []
    const settings = { key: 'run', store: createMemoryRunStore() }
    await runWorkflow(sums, 2, settings)
    await runWorkflow(sums, 2, { ...settings, observers: [(transition: RunTransition) => void heard.push(transition)] })
    expect(heard).toMatchObject([{ kind: 'run_ended', status: 'completed' }])
  })

  test('lets something be around every attempt, which knows where it is', async () => {
    const active = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    let failures = 1
    const step = {
      ...stepOf('ask', async (n: number) => {
        await Promise.resolve()
        seen.push(active.getStore())
        if (failures-- > 0) throw new AppError('busy', { code: 'busy', fate: 'retryable' })
        return n
      }),
      retry: { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 },
    }
    const each = fanOut({ step, after: { number }, over: ({ number }) => [number], concurrency: 1, input: (n) => n })
    const workflow = defineWorkflow({ name: 'w', version: '1', input: number, steps: [each], output: each })
    const around = <Result>({ run, node, attempt }: StepRun, next: () => Result) =>
      active.run(`${run} ${node} ${attempt}`, next)
    expect(await runWorkflow(workflow, 5, { key: 'run', around })).toMatchObject({ output: [5] })
    expect(seen).toEqual(['run ask[0] 1', 'run ask[0] 2'])
  })

  test('does not let a step copy what is made only when it is looked at', () => {
    const neverRun = (run: StepRun) => {
      const copy = { ...run }
      // @ts-expect-error a copy has no signal
      return copy.signal
    }
    expect(neverRun).toBeTypeOf('function')
  })

  test('refuses an input that does not fit, without a word of what it holds', async () => {
    const input = workflowInput(z.object({ email: z.email() }))
    const echo = node({ step: stepOf('echo', (parts: object) => parts), after: { input } })
    const workflow = defineWorkflow({ name: 'mail', version: '1', input, steps: [echo], output: echo })
    const running = runWorkflow(workflow, { email: 'pat at example.com' }, { key: 'run' })
    await expect(running).rejects.toMatchObject({
      code: 'invalid_workflow_input',
      fate: 'permanent',
      message: 'the input of workflow "mail" does not fit its schema at email (invalid_format)',
    })
  })
})
