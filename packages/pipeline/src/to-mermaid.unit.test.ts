import { expect, test } from 'vitest'
import { z } from 'zod'
import { stepOf } from './test-kit/steps-for-tests.ts'
import { toMermaid } from './to-mermaid.ts'
import { defineWorkflow } from './workflow/define-workflow.ts'
import { fanOut, node, workflowInput } from './workflow/node.ts'

const order = workflowInput(z.object({ sku: z.string() }))
const step = <const Name extends string>(name: Name) => stepOf(name, (parts: unknown) => parts)

test('a workflow is drawn with its conditions, fan-outs and optional edges', () => {
  const prices = node({ step: step('loadPrices'), name: 'prices', after: { order } })
  const tax = node({ step: step('loadTax'), after: { order }, when: () => true })
  const quotes = fanOut({ step: step('ask'), after: { prices }, over: () => [1], concurrency: 4, input: (n) => n })
  const total = node({ step: step('addUp'), after: { prices, quotes }, optional: { tax }, memoise: false })
  const steps = [prices, tax, quotes, total] as const
  const workflow = defineWorkflow({ name: 'w', version: '1', input: order, steps, output: total })
  expect(toMermaid(workflow)).toBe(`flowchart TD
  input([input])
  n0["prices: loadPrices"]
  input --> n0
  n1["loadTax"]
  n1_if{if?}
  n1_if -- yes --> n1
  input --> n1_if
  n2[["ask, 4 at once"]]
  n0 --> n2
  n3["addUp"]
  n0 --> n3
  n2 --> n3
  n1 -.-> n3
  output([output])
  n3 --> output
  classDef stored stroke-width:3px
  class n0,n1,n2 stored
`)
})

test('what a step is called cannot break the picture', () => {
  const odd = node({ step: step('say "hi" #1\n--> end'), name: 'odd', after: { order }, memoise: false })
  const workflow = defineWorkflow({ name: 'w', version: '1', input: order, steps: [odd], output: odd })
  expect(toMermaid(workflow)).toContain('\n  n0["odd: say #quot;hi#quot; #35;1 --> end"]\n')
})
