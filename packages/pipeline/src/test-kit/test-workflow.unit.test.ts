import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineStep } from '../step.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { node, workflowInput } from '../workflow/node.ts'
import { stepOf } from './steps-for-tests.ts'
import { testWorkflow } from './test-workflow.ts'

const loadPrices = defineStep({
  name: 'loadPrices',
  idempotencyKey: (sku: string) => sku,
  retryable: true,
  retry: { maxAttempts: 3, initialDelayMs: 1_000, maxDelayMs: 60_000 },
  execute: async (_sku: string, _context: { readonly url: string }): Promise<number[]> => {
    throw new Error('no network in a test')
  },
})
const addUp = defineStep({
  name: 'addUp',
  idempotencyKey: (prices: number[]) => prices.join(),
  retryable: true,
  execute: (prices: number[]) => prices.reduce((sum, price) => sum + price, 0),
})

const sku = workflowInput(z.string())
const prices = node({ step: loadPrices, after: { sku }, input: ({ sku }) => sku })
const total = node({ step: addUp, after: { prices }, input: ({ prices }) => prices, memoise: false })
const pricing = defineWorkflow({ name: 'pricing', version: '1', input: sku, steps: [prices, total], output: total })

const context = { url: 'http://localhost' }

describe('a workflow under test', () => {
  test('runs with steps replaced by name, and says what happened', async () => {
    const { run, story, executed } = testWorkflow(pricing, { context, replace: { loadPrices: async () => [1, 2] } })
    expect(await run('a')).toMatchObject({ output: 3 })
    expect(story()).toEqual(['loadPrices started', 'loadPrices completed', 'addUp started', 'addUp completed'])
    expect(story('addUp')).toEqual(['addUp started', 'addUp completed'])
    expect(executed()).toEqual(['loadPrices', 'addUp'])
  })

  test('sees the time that a test gives it, and no other', async () => {
    let isBusy = true
    const loadPrices = async () => {
      if (isBusy) throw new AppError('busy', { code: 'busy', fate: 'retryable' })
      return [5]
    }
    const { run, advance, story, clock } = testWorkflow(pricing, { context, replace: { loadPrices } })
    const running = run('a')
    await advance(999)
    expect(story('loadPrices')).toEqual(['loadPrices started', 'loadPrices retrying'])
    isBusy = false
    await advance(1)
    expect(await running).toMatchObject({ output: 5 })
    expect(clock.pending).toBe(0)
  })

  test('keeps what is stored from run to run of one key', async () => {
    let calls = 0
    const loadPrices = async () => {
      calls += 1
      return [calls]
    }
    const { run, executed } = testWorkflow(pricing, {
      context,
      replace: {
        loadPrices,
        addUp: () => {
          if (executed().length < 2) throw new AppError('away', { code: 'away', fate: 'unavailable' })
          return 7
        },
      },
    })
    await expect(run('a')).rejects.toMatchObject({ code: 'away' })
    expect(await run('a')).toMatchObject({ output: 7, steps: [{ status: 'memoised' }, { status: 'completed' }] })
    expect(calls).toBe(1)
    expect(executed()).toEqual(['loadPrices', 'addUp', 'addUp'])
  })

  test('freezes what nodes depend on, so that a step that changes it fails', async () => {
    const replace = { loadPrices: async () => [2, 1], addUp: (prices: number[]) => prices.sort()[0] ?? 0 }
    await expect(testWorkflow(pricing, { context, replace }).run('a')).rejects.toMatchObject({
      node: 'addUp',
      message: 'step "addUp" failed: an unexpected TypeError',
    })
  })

  test('freezes lists and plain objects to their depth, whatever a node says when it runs', async () => {
    const deep = () => ({ parts: [{ tags: ['a'] }], seen: new Map([['a', { n: 1 }]]) })
    const made = node({ step: stepOf('made', deep), memoise: false })
    const isFrozen: boolean[] = []
    const look = ({ made }: { made: ReturnType<typeof deep> }) => {
      isFrozen.push(Object.isFrozen(made.parts[0]?.tags), Object.isFrozen(made.seen.get('a')))
      return false
    }
    const looked = node({ step: stepOf('looked', () => 1), after: { made }, when: look })
    const last = node({ step: stepOf('last', () => 1), optional: { looked } })
    const workflow = defineWorkflow({ name: 'w', version: '1', input: sku, steps: [made, looked, last], output: last })
    await testWorkflow(workflow, {}).run('a')
    expect(isFrozen).toEqual([true, false])
  })

  test('takes a step by a name that every object has for what it is', async () => {
    const odd = node({ step: stepOf('hasOwnProperty', () => 5) })
    const workflow = defineWorkflow({ name: 'w', version: '1', input: sku, steps: [odd], output: odd })
    expect(await testWorkflow(workflow, {}).run('a')).toMatchObject({ output: 5 })
  })

  test('refuses a replacement for a step that it has not', () => {
    const replace = JSON.parse('{"loadTax": 1}')
    expect(() => testWorkflow(pricing, { context, replace })).toThrow(
      expect.objectContaining({
        code: 'unknown_step',
        message: 'workflow "pricing" has no step "loadTax"; it has: loadPrices, addUp',
      }),
    )
  })

  test('takes only replacements that fit', () => {
    const neverRun = () => [
      // @ts-expect-error it has no such step
      testWorkflow(pricing, { context, replace: { loadTax: () => 1 } }),
      // @ts-expect-error the step returns numbers
      testWorkflow(pricing, { context, replace: { loadPrices: async () => ['1'] } }),
      // @ts-expect-error the step takes a text
      testWorkflow(pricing, { context, replace: { loadPrices: async (sku: number) => [sku] } }),
      // @ts-expect-error its steps need a context
      testWorkflow(pricing, {}),
    ]
    expect(neverRun).toBeTypeOf('function')
  })
})
