import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StepError } from '../step-error.ts'
import { gate, stepOf } from '../test-kit/steps-for-tests.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { defineWorkflow } from '../workflow/define-workflow.ts'
import { type AnyStepNode, fanOut, node, workflowInput } from '../workflow/node.ts'
import type { RunTransition } from './run-transition.ts'
import { runWorkflow } from './run-workflow.ts'

const input = workflowInput(z.number())

const define = (steps: readonly AnyStepNode[], more: object = {}) =>
  defineWorkflow({ name: 'w', version: '1', input, steps, output: steps.at(-1) as AnyStepNode, ...more })

const permanent = () => new AppError('refused', { code: 'refused', fate: 'permanent' })

/** Steps that end when a test says so, and how far each has come. */
function gated(...names: string[]) {
  const begun: string[] = []
  const gates = new Map(names.map((name) => [name, gate<string>()]))
  const at = (name: string) => gates.get(name) as PromiseWithResolvers<string>
  const step = (name: string) =>
    stepOf(name, (_parts: unknown) => {
      begun.push(name)
      return at(name).promise
    })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    begun,
    settle,
    node: (name: string, after: Record<string, AnyStepNode> = {}) => node({ step: step(name), after }),
    end: async (name: string) => {
      at(name).resolve(name)
      await settle()
    },
    fail: async (name: string, error: unknown) => {
      at(name).reject(error)
      await settle()
    },
  }
}

describe('nodes', () => {
  test('start as soon as what they depend on is done, whatever else is under way', async () => {
    const { begun, settle, node, end } = gated('a', 'slow', 'b', 'c')
    const a = node('a')
    const slow = node('slow')
    const b = node('b', { a })
    const c = node('c', { b, slow })
    const running = runWorkflow(define([a, slow, b, c]), 1, { key: 'run' })
    await settle()
    expect(begun).toEqual(['a', 'slow'])
    await end('a')
    expect(begun).toEqual(['a', 'slow', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'slow', 'b'])
    await end('slow')
    expect(begun).toEqual(['a', 'slow', 'b', 'c'])
    await end('c')
    expect((await running).steps.map(({ name }) => name)).toEqual(['a', 'b', 'slow', 'c'])
  })

  test('that are ready at once start in the order of the definition, under the limit', async () => {
    const { begun, settle, node, end } = gated('z', 'y', 'x', 'last')
    const [z, y, x] = [node('z'), node('y'), node('x')]
    const last = node('last', { x, y, z })
    const running = runWorkflow(define([z, y, x, last], { concurrency: 2 }), 1, { key: 'run' })
    await settle()
    expect(begun).toEqual(['z', 'y'])
    await end('y')
    expect(begun).toEqual(['z', 'y', 'x'])
    for (const name of ['x', 'z', 'last']) await end(name)
    await running
  })

  test('that need a skipped one are skipped as well, and those that may do without it are not', async () => {
    const word = (name: string) => stepOf(name, (parts: object) => [name, ...Object.keys(parts)].join(' '))
    const no = node({ step: word('no'), when: () => false })
    const after = node({ step: word('after'), after: { no } })
    const yes = node({ step: word('yes') })
    const last = node({ step: stepOf('last', (parts: object) => parts), after: { yes }, optional: { no, after } })
    const { output, steps } = await runWorkflow(define([no, after, yes, last]), 1, { key: 'run' })
    expect(output).toEqual({ yes: 'yes', no: undefined, after: undefined })
    expect(steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      ...['no skipped', 'after skipped', 'yes completed', 'last completed'],
    ])
  })

  test('a long chain of steps that return no promise needs no stack', async () => {
    const steps: AnyStepNode[] = []
    const step = stepOf('one', ({ before }: { before: number }) => before + 1)
    for (let n = 0; n < 20_000; n += 1) {
      const before = steps.at(-1) ?? input
      steps.push(node({ step, name: `n${n}`, after: { before } as never }))
    }
    expect((await runWorkflow(define(steps), 0, { key: 'run' })).output).toBe(20_000)
  })

  test('an output that is skipped is an error that says what to do', async () => {
    const no = node({ step: stepOf('no', () => 1), when: () => false })
    await expect(runWorkflow(define([no]), 1, { key: 'run' })).rejects.toMatchObject({
      code: 'workflow_without_output',
      fate: 'permanent',
    })
  })
})

describe('a fan-out', () => {
  const each = (execute: (n: number) => unknown, concurrency: number, items: readonly number[]) =>
    fanOut({ step: stepOf('each', execute), over: () => items, concurrency, input: (n) => n })

  test('returns outputs in the order of the items, whichever ends first', async () => {
    const gates = [gate(), gate(), gate()]
    const reversed = each((n) => gates[n]?.promise.then(() => n * 10), 3, [0, 1, 2])
    const running = runWorkflow(define([reversed]), 1, { key: 'run' })
    for (const { resolve } of gates.toReversed()) resolve()
    expect((await running).output).toEqual([0, 10, 20])
  })

  test('has no more items under way than its own limit and the workflow allow', async () => {
    let underWay = 0
    let most = 0
    const counting = async (n: number) => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay -= 1
      return n
    }
    const items = Array.from({ length: 20 }, (_, n) => n)
    await runWorkflow(define([each(counting, 3, items)]), 1, { key: 'run' })
    expect(most).toBe(3)
    most = 0
    await runWorkflow(define([each(counting, 10, items)], { concurrency: 2 }), 1, { key: 'run' })
    expect(most).toBe(2)
  })

  test('that is full lets others pass', async () => {
    const { begun, settle, node, end } = gated('other')
    const held = gate<number>()
    const full = each(() => held.promise, 1, [1, 2])
    const other = node('other')
    const last = { ...node('other', { full, other }), name: 'last' }
    const running = runWorkflow(define([full, other, last]), 1, { key: 'run' })
    await settle()
    expect(begun).toEqual(['other'])
    held.resolve(1)
    await end('other')
    await running
  })

  test('over nothing returns nothing', async () => {
    expect((await runWorkflow(define([each(() => 1, 1, [])]), 1, { key: 'run' })).output).toEqual([])
  })

  test('names the item that failed', async () => {
    const failing = each(
      (n) => {
        if (n === 7) throw permanent()
      },
      2,
      [5, 6, 7, 8],
    )
    const error = await runWorkflow(define([failing]), 1, { key: 'run' }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StepError)
    expect(error).toMatchObject({
      code: 'refused',
      step: 'each',
      node: 'each[2]',
      message: 'step "each" of node "each[2]" failed: refused',
      records: [{ name: 'each[2]', status: 'failed', error: { code: 'refused', message: 'refused' } }],
    })
  })
})

describe('a permanent failure', () => {
  test('aborts what is under way through one signal, waits for it, and starts nothing new', async () => {
    const begun: string[] = []
    const signals = new Set<AbortSignal>()
    const heard: RunTransition[] = []
    const patient = (name: string) =>
      stepOf(name, async (_parts: unknown, _context, { signal }) => {
        begun.push(name)
        signals.add(signal)
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      })
    const held = gate()
    const refused = node({ step: stepOf('refused', () => held.promise) })
    const a = node({ step: patient('a') })
    const b = node({ step: patient('b') })
    const last = node({ step: patient('last'), after: { refused, a, b } })
    const running = runWorkflow(define([refused, a, b, last]), 1, { key: 'run', observers: [(t) => heard.push(t)] })
    held.reject(permanent())

    const error = await running.catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'refused', fate: 'permanent', step: 'refused' })
    expect((error as StepError).records.map(({ name, status }) => `${name} ${status}`)).toEqual([
      ...['refused failed', 'a cancelled', 'b cancelled'],
    ])
    expect(begun).toEqual(['a', 'b'])
    expect(signals.size).toBe(1)
    expect(heard.slice(-4).map(({ kind }) => kind)).toEqual([
      ...['node_failed', 'node_cancelled', 'node_cancelled', 'run_failed'],
    ])
  })

  test('goes before one of another kind that came first', async () => {
    const { node, fail } = gated('odd', 'refused', 'last')
    const [odd, refused] = [node('odd'), node('refused')]
    const running = runWorkflow(define([odd, refused, node('last', { odd, refused })]), 1, { key: 'run' })
    running.catch(() => {})
    await fail('odd', new Error('odd'))
    await fail('refused', permanent())
    await expect(running).rejects.toMatchObject({ code: 'refused', step: 'refused' })
  })
})

test('after a failure that may pass, what is under way may finish: it need not be paid for again', async () => {
  const { node, begun, fail, end } = gated('odd', 'paid', 'next', 'last')
  const [odd, paid] = [node('odd'), node('paid')]
  const next = node('next', { paid })
  const running = runWorkflow(define([odd, paid, next, node('last', { odd, next })]), 1, { key: 'run' })
  const failed = running.catch((error: StepError) => error)
  await fail('odd', new Error('odd'))
  await end('paid')
  expect(begun).toEqual(['odd', 'paid'])
  const { records, code } = (await failed) as StepError
  expect(code).toBe('unexpected_error')
  expect(records.map(({ name, status }) => `${name} ${status}`)).toEqual(['odd failed', 'paid completed'])
})

test('a failure that may pass ends the delays of others: they are tried again with the run', async () => {
  const clock = createTestClock()
  const heard: string[] = []
  const observe = (t: RunTransition) => void ('node' in t && heard.push(`${t.node} ${t.kind}`))
  const retry = { maxAttempts: 3, initialDelayMs: 60_000, maxDelayMs: 60_000 }
  const fail = () => {
    throw new Error('odd')
  }
  const held = gate()
  const waiting = node({ step: { ...stepOf('waiting', fail), retry } })
  const odd = node({ step: stepOf('odd', () => held.promise.then(fail)) })
  const last = node({ step: stepOf('last', () => 1), after: { waiting, odd } })
  const running = runWorkflow(define([waiting, odd, last]), 1, { key: 'run', clock, observers: [observe] })
  await clock.settle()
  held.resolve()
  await expect(running).rejects.toMatchObject({ code: 'unexpected_error', node: 'odd' })
  expect(heard.slice(-2)).toEqual(['odd node_failed', 'waiting node_cancelled'])
  expect(clock.pending).toBe(0)
})

test.each(['when', 'input', 'over'])('what %s throws is the failure of its node, and quotes no data', async (part) => {
  const fail = () => {
    throw new TypeError('pat@example.com is no number')
  }
  const step = stepOf('s', (n: unknown) => n)
  const broken =
    part === 'over' ? fanOut({ step, over: fail, concurrency: 1, input: fail }) : node({ step, [part]: fail })
  await expect(runWorkflow(define([broken]), 1, { key: 'run' })).rejects.toMatchObject({
    code: 'unexpected_error',
    message: 'step "s" failed: an unexpected TypeError',
  })
})

test('an input that the schema of a step refuses is an error at that step', async () => {
  const step = { ...stepOf('s', (n: { sku: string }) => n), input: z.object({ sku: z.string() }) }
  const bad = node({ step, after: { input }, input: () => ({ sku: 5 }) as never })
  await expect(runWorkflow(define([bad]), 1, { key: 'run' })).rejects.toMatchObject({
    code: 'invalid_step_input',
    fate: 'permanent',
    message: 'step "s" failed: the input of step "s" does not fit its schema at sku (invalid_type)',
  })
})

/** A graph: for each node the earlier ones that it depends on, and whether it returns a promise. */
const graphs = fc
  .array(fc.record({ edges: fc.array(fc.nat(), { maxLength: 4 }), isAsync: fc.boolean(), isSkipped: fc.boolean() }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((nodes) =>
    nodes.map(({ edges, ...rest }, place) => ({
      ...rest,
      after: place === 0 ? [] : [...new Set(edges.map((edge) => edge % place))],
    })),
  )

describe('whatever the graph', () => {
  test('every node runs once, after those it depends on, with the same outputs under any limit', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 6 }), async (graph, concurrency) => {
        const results = []
        for (const limit of [concurrency, Infinity]) {
          const ended: number[] = []
          let underWay = 0
          const nodes: AnyStepNode[] = []
          const expected: string[] = []
          for (const [place, { after, isAsync, isSkipped }] of graph.entries()) {
            const step = stepOf(`n${place}`, (parts: Record<string, unknown>) => {
              underWay += 1
              expect(underWay).toBeLessThanOrEqual(limit)
              expect(after.every((from) => ended.includes(from) || graph[from]?.isSkipped)).toBe(true)
              const end = () => {
                underWay -= 1
                ended.push(place)
                return `${place}(${Object.values(parts).join()})`
              }
              return isAsync ? new Promise((resolve) => setImmediate(resolve)).then(end) : end()
            })
            const optional = Object.fromEntries(after.map((from) => [`d${from}`, nodes[from] as AnyStepNode]))
            const wiring = isSkipped ? { step, optional, when: () => false } : { step, optional }
            nodes.push(node(wiring as never))
            if (!isSkipped) expected.push(`n${place}`)
          }
          const all = Object.fromEntries(nodes.map((from, place) => [`d${place}`, from]))
          const last = node({ step: stepOf('last', (parts: object) => ({ ...parts })), optional: all })
          const settings = { key: 'run', clock: createTestClock() }
          const { output, steps } = await runWorkflow(define([...nodes, last], { concurrency: limit }), 1, settings)
          const executed = steps.filter(({ status }) => status === 'completed').map(({ name }) => name)
          expect(executed.toSorted()).toEqual([...expected, 'last'].toSorted())
          results.push(output)
        }
        expect(results[0]).toEqual(results[1])
      }),
      { numRuns: 100 },
    )
  })
})
