import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type RunOptions, runWorkflow } from '../run/run-workflow.ts'
import { defineStep } from '../step.ts'
import { type ContextOfNodes, defineWorkflow } from './define-workflow.ts'
import { fanOut, node, type OutputOfNode, workflowInput } from './node.ts'

const keyOf = (input: unknown) => JSON.stringify(input)

const loadPrices = defineStep({
  name: 'loadPrices',
  idempotencyKey: keyOf,
  retryable: true,
  execute: async (sku: string, context: { prices: ReadonlyMap<string, number[]> }) => context.prices.get(sku) ?? [],
})
const loadTax = defineStep({
  name: 'loadTax',
  idempotencyKey: keyOf,
  retryable: true,
  execute: (country: string, context: { rates: Readonly<Record<string, number>> }) => ({
    rate: context.rates[country],
  }),
})
const describePrice = defineStep({
  name: 'describePrice',
  idempotencyKey: keyOf,
  retryable: true,
  execute: (price: number) => `${price} EUR`,
})
const addUp = defineStep({
  name: 'addUp',
  idempotencyKey: keyOf,
  retryable: true,
  execute: (parts: { readonly prices: readonly number[] }) => parts.prices.reduce((sum, price) => sum + price, 0),
})

const order = workflowInput(z.object({ sku: z.string(), country: z.string() }))
const prices = node({ step: loadPrices, after: { order }, input: ({ order }) => order.sku })
const tax = node({ step: loadTax, after: { order }, input: ({ order }) => order.country })
const labels = fanOut({
  step: describePrice,
  after: { prices },
  over: ({ prices }) => prices,
  concurrency: 2,
  input: (price) => price,
})
/** Takes its dependencies' outputs as they are. */
const total = node({ step: addUp, after: { prices, labels }, optional: { tax } })

const priceOrder = defineWorkflow({
  name: 'price-order',
  version: '1',
  input: order,
  steps: [prices, tax, labels, total],
  output: total,
})

describe('types', () => {
  test('flow from each node to those that depend on it', () => {
    expectTypeOf<OutputOfNode<typeof prices>>().toEqualTypeOf<number[]>()
    expectTypeOf<OutputOfNode<typeof labels>>().toEqualTypeOf<string[]>()
    expectTypeOf<OutputOfNode<typeof order>>().toEqualTypeOf<{ sku: string; country: string }>()
    expectTypeOf(runWorkflow<{ sku: string; country: string }, number, unknown>).returns.resolves.toHaveProperty(
      'output',
    )
  })

  test('are what JSON makes of the output of a memoised node, or what the schema of its step reads', () => {
    const found = () => ({
      at: new Date(),
      tags: new Map<string, number>(),
      list: [new Date()],
      note: undefined as string | undefined,
    })
    const step = defineStep({ name: 'find', idempotencyKey: keyOf, retryable: true, execute: found })
    const words = 'not JSON: give the step an output schema or its node memoise: false'
    const memoised = node({ step })
    expectTypeOf<OutputOfNode<typeof memoised>>().toEqualTypeOf<{
      at: string
      tags: typeof words
      list: string[]
      note: string | undefined
    }>()
    const anew = node({ step, memoise: false })
    expectTypeOf<OutputOfNode<typeof anew>>().toEqualTypeOf<ReturnType<typeof found>>()
    const read = node({ step: defineStep({ ...step, output: z.object({ at: z.coerce.date() }) }) })
    expectTypeOf<OutputOfNode<typeof read>>().toEqualTypeOf<{ at: Date }>()
    const each = fanOut({ step, over: () => [1], concurrency: 1, input: () => undefined })
    expectTypeOf<OutputOfNode<typeof each>[0]['at']>().toEqualTypeOf<string>()
    const result = defineWorkflow({ name: 'w', version: '1', input: order, steps: [anew], output: anew })
    const runFound = () => runWorkflow(result, { sku: '', country: '' }, { key: '1' })
    expectTypeOf<Awaited<ReturnType<typeof runFound>>['output']['at']>().toEqualTypeOf<string>()
    expect(runFound).toBeTypeOf('function')
  })

  test("make a workflow's context what all its steps need together", () => {
    expectTypeOf<ContextOfNodes<[typeof prices, typeof tax, typeof labels]>>().toEqualTypeOf<
      { prices: ReadonlyMap<string, number[]> } & { rates: Readonly<Record<string, number>> }
    >()
    expectTypeOf<{ key: string }>().toExtend<RunOptions<unknown>>()
    expectTypeOf<{ key: string }>().not.toExtend<RunOptions<{ rates: object }>>()
  })

  test('let a step be called with what it takes alone', () => {
    expect(describePrice.execute(5)).toBe('5 EUR')
    expectTypeOf(describePrice.execute).parameters.toEqualTypeOf<[price: number]>()
  })
})

const payTax = defineStep({
  name: 'payTax',
  idempotencyKey: keyOf,
  retryable: true,
  execute: ({ prices, tax }: { prices: number[]; tax?: { rate: number | undefined } | undefined }) =>
    prices.length * (tax?.rate ?? 0),
})
const today = defineStep({
  name: 'today',
  idempotencyKey: keyOf,
  retryable: true,
  execute: () => ({ at: new Date(), months: new Map([[1, new Date()]]) }),
})
const inYear = defineStep({
  name: 'inYear',
  idempotencyKey: keyOf,
  retryable: true,
  execute: ({ at }: { at: Date }) => at.getFullYear(),
})
const day = node({ step: today })

test('a wiring that does not fit does not compile', () => {
  const context = { prices: new Map([['a', [1]]]), rates: {} }
  const neverRun = () => [
    // @ts-expect-error the step takes a text, the outputs are an object
    node({ step: loadPrices, after: { order } }),
    // @ts-expect-error the step takes a text
    node({ step: loadPrices, after: { order }, input: ({ order }) => order.sku.length }),
    // @ts-expect-error it does not depend on `orders`
    node({ step: loadPrices, after: { order }, input: ({ orders }) => orders }),
    // @ts-expect-error what is optional may be missing
    node({ step: loadPrices, optional: { order, tax }, input: ({ tax }) => `${tax.rate}` }),
    // @ts-expect-error there is no such field
    node({ step: loadTax, after: { order }, when: ({ order }) => order.open, input: () => 'DE' }),
    // @ts-expect-error the step calls it `tax`
    node({ step: payTax, after: { prices }, optional: { taxes: tax } }),
    // @ts-expect-error JSON makes a text of a date
    node({ step: inYear, after: { day }, input: ({ day }) => ({ at: day.at }) }),
    // @ts-expect-error JSON does not hold a map
    node({ step: inYear, after: { day }, input: ({ day }) => ({ at: day.months.get(1) ?? new Date() }) }),
    fanOut({
      ...{ step: loadTax, after: { prices }, concurrency: 1 },
      over: ({ prices }) => prices,
      // @ts-expect-error the items are numbers, the step takes a text
      input: (price) => price,
    }),
    fanOut({
      ...{ step: describePrice, after: { total }, concurrency: 1 },
      // @ts-expect-error one total is no list
      over: ({ total }) => total,
      input: (price: number) => price,
    }),
    // @ts-expect-error the output is not among the steps
    defineWorkflow({ name: 'w', version: '1', input: order, steps: [prices], output: tax }),
    defineWorkflow({
      ...{ name: 'w', version: '1', input: order, steps: [prices], output: prices },
      // @ts-expect-error the status is made of a list
      statusOf: (output: string) => output,
    }),
    // @ts-expect-error the input has no country
    runWorkflow(priceOrder, { sku: 'a' }, { key: '1', context }),
    // @ts-expect-error the context has no rates
    runWorkflow(priceOrder, { sku: 'a', country: 'DE' }, { key: '1', context: { prices: new Map() } }),
    // @ts-expect-error the context is missing
    runWorkflow(priceOrder, { sku: 'a', country: 'DE' }, { key: '1' }),
    // @ts-expect-error the key takes another input than execute
    defineStep({ name: 's', idempotencyKey: (n: number) => `${n}`, retryable: true, execute: (text: string) => text }),
    defineStep({
      ...{ name: 's', idempotencyKey: keyOf, retryable: true },
      // @ts-expect-error the schema makes another type than execute takes
      input: z.number(),
      execute: (text: string) => text,
    }),
    defineStep({
      ...{ name: 's', idempotencyKey: keyOf, retryable: true },
      // @ts-expect-error it is called `timeout`
      timeoutMs: 5,
      execute: (text: string) => text,
    }),
    defineStep({
      ...{ name: 's', idempotencyKey: keyOf, retryable: true },
      // @ts-expect-error it is called `maxAttempts`
      retry: { attempts: 2, maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 },
      execute: (text: string) => text,
    }),
  ]
  expect(neverRun).toBeTypeOf('function')
})
