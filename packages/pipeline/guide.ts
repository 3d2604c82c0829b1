import { parseRetryAfter } from '@buyer-group/pipeline/retry/parse-retry-after.ts'
import { RetryAfterError } from '@buyer-group/pipeline/retry/retry-after.ts'
import { defineStep } from '@buyer-group/pipeline/step.ts'

interface Suppliers {
  /** Asks one for its price; every answer is paid for, once for each idempotency key. */
  ask(supplier: string, sku: string, options: { signal: AbortSignal; idempotencyKey: string }): Promise<Response>
}

const findSuppliers = defineStep({
  name: 'findSuppliers',
  idempotencyKey: (sku: string) => sku,
  retryable: true,
  execute: (_sku: string) => ['Acme', 'Bolt & Sons', 'Cogs'],
})

const askForQuote = defineStep({
  name: 'askForQuote',
  idempotencyKey: (asked: { supplier: string; sku: string }) => `${asked.supplier}:${asked.sku}`,
  retryable: true,
  timeout: 5_000,
  retry: { maxAttempts: 3, initialDelayMs: 20, maxDelayMs: 10_000, deadlineMs: 60_000 },
  execute: async ({ supplier, sku }, suppliers: Suppliers, { signal, idempotencyKey }) => {
    const response = await suppliers.ask(supplier, sku, { signal, idempotencyKey })
    if (response.status === 429) {
      const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now()) ?? 2_000
      throw new RetryAfterError('the supplier is busy', { retryAfterMs })
    }
    return { supplier, price: Number(await response.text()) }
  },
})

const lookUpTax = defineStep({
  name: 'lookUpTax',
  idempotencyKey: (country: string) => country,
  retryable: true,
  execute: (country: string) => (country === 'DE' ? 0.19 : 0.2),
})

const addUp = defineStep({
  name: 'addUp',
  idempotencyKey: () => 'addUp',
  retryable: true,
  execute: ({ quotes, tax = 0 }: { quotes: { price: number }[]; tax: number | undefined }) =>
    Math.round(Math.min(...quotes.map(({ price }) => price)) * (1 + tax)),
})

import { defineWorkflow } from '@buyer-group/pipeline/workflow/define-workflow.ts'
import { fanOut, node, workflowInput } from '@buyer-group/pipeline/workflow/node.ts'
import { z } from 'zod'

const order = workflowInput(z.object({ sku: z.string(), country: z.string() }))

const suppliers = node({ step: findSuppliers, after: { order }, input: ({ order }) => order.sku, memoise: false })
const quotes = fanOut({
  step: askForQuote,
  after: { order, suppliers },
  over: ({ suppliers }) => suppliers,
  concurrency: 2,
  input: (supplier, { order }) => ({ supplier, sku: order.sku }),
})
const tax = node({
  step: lookUpTax,
  after: { order },
  when: ({ order }) => order.country !== 'US',
  input: ({ order }) => order.country,
  memoise: false,
})
const total = node({ step: addUp, after: { quotes }, optional: { tax }, memoise: false })

const priceOrder = defineWorkflow({
  name: 'price-order',
  version: '1',
  input: order,
  steps: [suppliers, quotes, tax, total],
  output: total,
})

import type { RunTransition } from '@buyer-group/pipeline/run/run-transition.ts'
import { runWorkflow } from '@buyer-group/pipeline/run/run-workflow.ts'
import { createMemoryRunStore } from '@buyer-group/pipeline/store/memory-run-store.ts'

const questions: Record<string, number> = {}
let isCogsAway = true
const context: Suppliers = {
  ask: async (supplier) => {
    questions[supplier] = (questions[supplier] ?? 0) + 1
    if (supplier === 'Cogs' && isCogsAway) throw new TypeError('fetch failed')
    return new Response(`${100 + supplier.length}`)
  },
}
const counts: Partial<Record<RunTransition['kind'], number>> = {}
const observe = ({ kind }: RunTransition) => {
  counts[kind] = (counts[kind] ?? 0) + 1
}
const options = { key: 'order-17', context, store: createMemoryRunStore(), observers: [observe] }

try {
  await runWorkflow(priceOrder, { sku: 'bolt', country: 'DE' }, options)
} catch (error) {
  console.log(`${error}`)
}

isCogsAway = false
const { output } = await runWorkflow(priceOrder, { sku: 'bolt', country: 'DE' }, options)
console.log(output, questions)
console.log(counts)

import { toMermaid } from '@buyer-group/pipeline/to-mermaid.ts'

console.log(toMermaid(priceOrder))

import { testWorkflow } from '@buyer-group/pipeline/test-kit/test-workflow.ts'
import { toTimeline } from '@buyer-group/pipeline/to-timeline.ts'

const { run, advance, clock, store, story } = testWorkflow(priceOrder, {
  context,
  replace: {
    askForQuote: async ({ supplier }) => {
      await new Promise<void>((resolve) => clock.after(supplier === 'Acme' ? 300 : 100, resolve))
      return { supplier, price: 100 }
    },
  },
})
const running = run({ sku: 'bolt', country: 'US' })
await advance(1_000)
console.log((await running).output, story('lookUpTax', 'addUp'))

const kept = await store.read('test')
if (kept !== null) console.log(toTimeline(kept, { width: 20 }))
