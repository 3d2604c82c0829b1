import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
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

  test('tells its observers everything, and those that throw harm nothing', async () => {
    const heard: RunTransition[] = []
    const observers = [
      () => {
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
