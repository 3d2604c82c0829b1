import { defineStep } from '@buyer-group/pipeline/step.ts'
import { type AnyWorkflow, defineWorkflow } from '@buyer-group/pipeline/workflow/define-workflow.ts'
import { type AnyStepNode, fanOut, node, workflowInput } from '@buyer-group/pipeline/workflow/node.ts'
import { z } from 'zod'

/** What every step does: as little as a step can that returns a promise. */
export const work = async (n: number): Promise<number> => n + 1

const step = defineStep({
  name: 'work',
  idempotencyKey: (n: number) => `${n}`,
  retryable: true,
  execute: work,
})

export interface BenchShape {
  readonly name: string
  /** Executions of a step in one run. */
  readonly nodes: number
  readonly workflow: () => AnyWorkflow
  /** The same calls of `work` by hand, in the same order and side by side where the workflow's are. */
  readonly bare: () => Promise<unknown>
}

const WIDTH = 50

export const CHAIN: BenchShape = {
  name: 'chain of 10',
  nodes: 10,
  workflow: chainOf10,
  bare: async () => {
    let n = 0
    for (let call = 0; call < 10; call += 1) n = await work(n)
    return n
  },
}

export const SHAPES: readonly BenchShape[] = [
  CHAIN,
  {
    name: `1 to ${WIDTH} to 1`,
    nodes: WIDTH + 2,
    workflow: wide,
    bare: async () => {
      const first = await work(0)
      const middle = await Promise.all(Array.from({ length: WIDTH }, (_, place) => work(first + place)))
      return work(middle.length)
    },
  },
  {
    name: 'fan-out of 100',
    nodes: 100,
    workflow: fannedOut,
    bare: () => Promise.all(Array.from({ length: 100 }, (_, item) => work(item))),
  },
]

function chainOf10(): AnyWorkflow {
  const input = workflowInput(z.number())
  const first = node({ step, name: 'n0', after: { before: input }, input: ({ before }) => before })
  const steps = [first]
  for (let place = 1; place < 10; place += 1) {
    const before = steps.at(-1) as typeof first
    steps.push(node({ step, name: `n${place}`, after: { before }, input: ({ before }) => before }))
  }
  return defineWorkflow({ name: 'chain', version: '1', input, steps, output: steps.at(-1) as typeof first })
}

function wide(): AnyWorkflow {
  const input = workflowInput(z.number())
  const first = node({ step, name: 'first', after: { input }, input: ({ input }) => input })
  const middle = Array.from({ length: WIDTH }, (_, place) =>
    node({ step, name: `m${place}`, after: { first }, input: ({ first }) => first + place }),
  )
  const after: Record<string, AnyStepNode> = Object.fromEntries(middle.map((node) => [node.name, node]))
  const last = node({ step, name: 'last', after, input: (values) => Object.keys(values).length })
  return defineWorkflow({ name: 'wide', version: '1', input, steps: [first, ...middle, last], output: last })
}

function fannedOut(): AnyWorkflow {
  const input = workflowInput(z.number())
  const over = () => Array.from({ length: 100 }, (_, item) => item)
  const each = fanOut({ step, after: { input }, over, concurrency: 10, input: (item) => item })
  return defineWorkflow({ name: 'fan-out', version: '1', input, steps: [each], output: each })
}
