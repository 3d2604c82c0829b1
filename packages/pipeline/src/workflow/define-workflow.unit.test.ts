import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineStep } from '../step.ts'
import { stepOf } from '../test-kit/steps-for-tests.ts'
import { defineWorkflow } from './define-workflow.ts'
import { type AnyStepNode, fanOut, node, workflowInput } from './node.ts'

const input = workflowInput(z.number())
const add = stepOf('add', (numbers: object) => Object.values(numbers).length)
const define = (steps: AnyStepNode[], more: object = {}) =>
  defineWorkflow({ name: 'sums', version: '1', input, steps, output: steps.at(-1) as AnyStepNode, ...more })
const named = (name: string, after: Record<string, AnyStepNode> = {}) => node({ step: add, name, after })

const refusal = (code: string, message: string) => expect.objectContaining({ code, fate: 'permanent', message })

describe('a definition is refused', () => {
  test('with two nodes of one name', () => {
    const a = named('a')
    expect(() => define([a, named('a', { a })])).toThrow(
      refusal('duplicate_node', 'workflow "sums": two nodes are named "a"; give one another name'),
    )
  })

  test('with a dependency that is not among the steps', () => {
    const a = named('a')
    expect(() => define([named('b', { before: a })])).toThrow(
      refusal(
        'missing_dependency',
        'workflow "sums": node "b" depends on "a" (as "before"), which is not among the steps; add it there',
      ),
    )
  })

  test('with another input than the one its nodes read', () => {
    const other = workflowInput(z.number())
    expect(() => define([node({ step: add, after: { other } })])).toThrow(
      expect.objectContaining({ code: 'missing_dependency' }),
    )
  })

  test('with an output that is not among the steps', () => {
    const b = named('b')
    expect(() => define([named('a')], { output: b })).toThrow(
      refusal('missing_dependency', 'workflow "sums": its output "b" is not among the steps; add it there'),
    )
  })

  test('with nodes that wait for each other, and names the circle and not what leads into it', () => {
    const first = named('first')
    const a = named('a', { first })
    const b = named('b', { a })
    const c = { ...named('c', { b }) }
    Object.assign(a.after, { c })
    const last = named('last', { c })
    expect(() => define([first, a, b, c, last])).toThrow(
      refusal(
        'workflow_cycle',
        'workflow "sums": its nodes wait for each other in a circle: "a" after "c" after "b" after "a"; take one edge out',
      ),
    )
  })

  test('with a node that waits for itself', () => {
    const a = named('a')
    Object.assign(a.after, { a })
    expect(() => define([a])).toThrow(expect.objectContaining({ code: 'workflow_cycle' }))
  })

  test('with nodes that do not lead to the output', () => {
    const a = named('a')
    const b = named('b', { a })
    expect(() => define([a, b, named('c')])).toThrow(
      refusal(
        'unreachable_node',
        'workflow "sums": no way leads from "a", "b" to the output "c", so the results are for nobody; make them dependencies of the output or take them out',
      ),
    )
  })

  test.each([
    ['no steps', () => define([]), 'it has no steps'],
    ['an empty version', () => define([named('a')], { version: '' }), 'it has no version'],
    ['an empty name', () => define([named('a')], { name: '' }), 'its name must be'],
    ['a node name that looks like an item', () => define([named('a[0]')]), 'the name of node "a[0]" must be'],
    ['a concurrency of 0', () => define([named('a')], { concurrency: 0 }), 'concurrency is 0'],
    ['a concurrency that is no number', () => define([named('a')], { concurrency: Number.NaN }), 'concurrency is NaN'],
    ['a timeout of 0', () => define([named('a')], { timeout: 0 }), 'timeout is 0'],
    [
      'no rounds',
      () => define([named('a')], { repeat: { while: () => false, maxRounds: 0 } }),
      'repeat.maxRounds is 0',
    ],
    [
      'rounds without end',
      () => define([named('a')], { repeat: { while: () => true, maxRounds: Infinity } }),
      'repeat.maxRounds is Infinity',
    ],
    [
      'a step that must not be repeated and is not memoised',
      () => define([{ ...named('a'), step: { ...add, retryable: false }, memoise: false }]),
      'node "a" is not memoised',
    ],
    [
      'a fan-out of concurrency 0',
      () => define([fanOut({ step: add, over: () => [], concurrency: 0, input: (item: object) => item })]),
      'the concurrency of node "add" is 0',
    ],
  ])('with %s', (_what, make, words) => {
    expect(make).toThrow(refusal('invalid_workflow', expect.stringContaining(words) as unknown as string))
  })

  test('with one name in after and in optional', () => {
    const a = named('a')
    expect(() => define([a, node({ step: add, name: 'b', after: { a }, optional: { a } })])).toThrow(
      refusal('invalid_workflow', 'workflow "sums": node "b" has "a" in after and in optional; drop one'),
    )
  })
})

describe('earlier versions are refused', () => {
  const version = (version: string, name = 'sums') => define([named('a')], { name, version })
  test.each([
    ['of another workflow', [version('0', 'products')], 'onVersionChange.earlier has workflow "products"'],
    ['of the version itself', [version('1')], 'onVersionChange has version "1" twice'],
    ['twice', [version('0'), version('0')], 'onVersionChange has version "0" twice'],
  ])('%s', (_what, earlier, words) => {
    expect(() => define([named('a')], { onVersionChange: { kind: 'finish', earlier } })).toThrow(
      refusal('invalid_workflow', expect.stringContaining(words) as unknown as string),
    )
  })
})

test('a dependency may be called as what every object has', () => {
  const a = named('a')
  const b = named('b')
  expect(() => define([a, b, node({ step: add, name: 'c', after: { constructor: a }, optional: { b } })])).not.toThrow()
})

describe('a step is refused', () => {
  const retry = { maxAttempts: 2, initialDelayMs: 10, maxDelayMs: 20 }
  test.each([
    ['a time limit of 0', { timeout: 0 }, 'timeout is 0'],
    ['a time limit that is no number', { timeout: Number.NaN }, 'timeout is NaN'],
    ['no attempts', { retry: { ...retry, maxAttempts: 0 } }, 'retry.maxAttempts is 0'],
    ['half an attempt', { retry: { ...retry, maxAttempts: 1.5 } }, 'retry.maxAttempts is 1.5'],
    ['a negative delay', { retry: { ...retry, initialDelayMs: -1 } }, 'retry.initialDelayMs is -1'],
    ['a longest delay below the first', { retry: { ...retry, maxDelayMs: 5 } }, 'retry.maxDelayMs is 5'],
    ['delays that shrink', { retry: { ...retry, factor: 0.5 } }, 'retry.factor is 0.5'],
    ['no time for its attempts', { retry: { ...retry, deadlineMs: 0 } }, 'retry.deadlineMs is 0'],
    ['endless time', { timeout: Infinity }, 'timeout is Infinity'],
    ['an endless delay', { retry: { ...retry, maxDelayMs: Infinity } }, 'retry.maxDelayMs is Infinity'],
    ['delays that grow at once', { retry: { ...retry, factor: Infinity } }, 'retry.factor is Infinity'],
    ['an endless deadline', { retry: { ...retry, deadlineMs: Infinity } }, 'retry.deadlineMs is Infinity'],
    ['a field that there is not', { timeoutMs: 5 }, 'there is no field "timeoutMs"; there are: name, idempotencyKey'],
    ['such a field of its retries', { retry: { ...retry, attempts: 5 } }, 'there is no field "retry.attempts"'],
    ['retries that it forbids', { retry, retryable: false }, 'it has a retry policy and is not retryable'],
    ['an empty name', { name: '' }, 'it has no name'],
  ])('with %s', (_what, changed, words) => {
    expect(() => defineStep({ ...add, ...changed })).toThrow(
      refusal('invalid_step', expect.stringContaining(words) as unknown as string),
    )
  })

  test('also where it was made by hand', () => {
    expect(() => define([{ ...named('a'), step: { ...add, timeout: -1 } }])).toThrow(
      expect.objectContaining({ code: 'invalid_step' }),
    )
  })
})
