import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import type { RunTransition } from './run-transition.ts'
import { runWorkflow } from './run-workflow.ts'

const input = workflowInput(z.object({}))

/** A paid node, and one that counts how often it is computed. */
function counting(maxRounds: number, goal: number) {
  const executed: string[] = []
  const load = node({ step: stepOf('load', () => void executed.push('load')), after: { input } })
  let count = 0
  const step = stepOf('count', () => {
    executed.push('count')
    count += 1
    return count
  })
  const counted = node({ step, after: { load }, memoise: false })
  const repeat = { while: (n: number) => n < goal, maxRounds }
  const statusOf = (n: number) => (n === 1 ? 'at once' : 'repeated')
  const definition = { name: 'w', version: '1', input, steps: [load, counted], output: counted, repeat, statusOf }
  return { executed, workflow: defineWorkflow(definition) }
}

describe('a workflow that repeats', () => {
  test('runs its nodes again while it says so; what is memoised is not executed again', async () => {
    const { executed, workflow } = counting(5, 3)
    const rounds: number[] = []
    const observe = (t: RunTransition) => void (t.kind === 'run_repeated' && rounds.push(t.round))
    const settings = { key: 'run', store: createMemoryRunStore(), observers: [observe] }
    const { output, status, steps } = await runWorkflow(workflow, {}, settings)
    expect({ output, status }).toEqual({ output: 3, status: 'repeated' })
    expect(executed).toEqual(['load', 'count', 'count', 'count'])
    expect(rounds).toEqual([2, 3])
    expect(steps.map(({ status }) => status)).toEqual([
      ...['completed', 'completed', 'memoised', 'completed', 'memoised', 'completed'],
    ])
  })

  test('is to be tried later after so many rounds', async () => {
    const { executed, workflow } = counting(2, 3)
    await expect(runWorkflow(workflow, {}, { key: 'run' })).rejects.toMatchObject({
      code: 'rounds_exhausted',
      fate: 'retryable',
    })
    expect(executed.filter((name) => name === 'count')).toHaveLength(2)
  })
})

describe('the status of a run', () => {
  test('is what its definition makes of the output, and is stored', async () => {
    const store = createMemoryRunStore()
    expect(await runWorkflow(counting(1, 1).workflow, {}, { key: 'run', store })).toMatchObject({ status: 'at once' })
    expect(await store.read('run')).toMatchObject({ status: 'at once', output: '1' })
  })

  test.each(['running', 'failed', ''])('cannot be "%s"', async (status) => {
    const only = node({ step: stepOf('one', () => 1) })
    const definition = { name: 'w', version: '1', input, steps: [only], output: only, statusOf: () => status }
    await expect(runWorkflow(defineWorkflow(definition), {}, { key: 'run' })).rejects.toMatchObject({
      code: 'invalid_run_status',
      fate: 'permanent',
    })
  })
})
