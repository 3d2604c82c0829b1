import { getEventListeners } from 'node:events'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from './clock.ts'
import { FunctionOrchestrator } from './function-orchestrator.ts'
import { defineStep } from './step.ts'
import { StepError } from './step-error.ts'
import type { StepTransition } from './step-record.ts'
import { createTestClock } from './test-kit/test-clock.ts'
import { defineWorkflow } from './workflow/define-workflow.ts'
import { node, workflowInput } from './workflow/node.ts'

const keyOf = (input: unknown) => JSON.stringify(input)

const double = defineStep({
  name: 'double',
  idempotencyKey: keyOf,
  retryable: true,
  execute: (input: number) => input * 2,
})
const addOffset = defineStep({
  name: 'addOffset',
  idempotencyKey: keyOf,
  retryable: true,
  execute: async (input: number, context: { offset: number }) => input + context.offset,
})
const print = defineStep({
  name: 'print',
  idempotencyKey: keyOf,
  retryable: true,
  execute: (input: number) => `= ${input}`,
})

const failing = (cause: unknown, retryable = true) =>
  defineStep({
    name: 'fail',
    idempotencyKey: keyOf,
    retryable,
    execute: (_input: number): number => {
      throw cause
    },
  })

/** A clock that moves on by 5 ms each time it is read. */
const steppingClock = () => {
  let now = 1_000
  const read = () => {
    now += 5
    return now - 5
  }
  return { ...systemClock, now: read }
}

describe('a sequence', () => {
  test('hands each output on as the next input and offers every step the context', async () => {
    const orchestrator = new FunctionOrchestrator({ offset: 3 }).registerStep(double).registerSteps([addOffset, print])
    const { output } = await orchestrator.executeSequence(['double', 'addOffset', 'double', 'print'], 5)
    expectTypeOf(output).toEqualTypeOf<string>()
    expect(output).toBe('= 26')
  })

  test('records name, key, status, start and duration of every step by the injected clock', async () => {
    const orchestrator = new FunctionOrchestrator({}, { clock: steppingClock() }).registerSteps([double, print])
    const { records } = await orchestrator.executeSequence(['double', 'print'], 1)
    expect(records).toEqual([
      {
        name: 'double',
        idempotencyKey: '1',
        status: 'completed',
        startedAt: new Date(1_000),
        duration: 5,
        attempts: 1,
      },
      { name: 'print', idempotencyKey: '2', status: 'completed', startedAt: new Date(1_010), duration: 5, attempts: 1 },
    ])
  })

  test('serves runs side by side without mixing them', async () => {
    const orchestrator = new FunctionOrchestrator({ offset: 1 }).registerSteps([double, addOffset])
    const runs = [1, 2, 3].map((input) => orchestrator.executeSequence(['addOffset', 'double'], input))
    expect((await Promise.all(runs)).map(({ output }) => output)).toEqual([4, 6, 8])
  })

  test('refuses an unknown name before any step has run', async () => {
    const ran: string[] = []
    const orchestrator = new FunctionOrchestrator(
      {},
      { observer: (transition) => ran.push(transition.kind) },
    ).registerStep(double)
    const names: string[] = ['double', 'tripple']
    await expect(orchestrator.executeSequence(names, 1)).rejects.toMatchObject({
      code: 'unknown_step',
      fate: 'permanent',
      message: 'no step is named "tripple"; registered are: double',
    })
    expect(ran).toEqual([])
  })

  test('refuses a second step of one name', () => {
    const orchestrator = new FunctionOrchestrator({}).registerStep(double)
    expect(() => orchestrator.registerSteps([double])).toThrow(
      expect.objectContaining({ code: 'step_already_registered', fate: 'permanent' }),
    )
  })

  test('registers all of several steps or none', () => {
    const orchestrator = new FunctionOrchestrator({})
    expect(() => orchestrator.registerSteps([double, print, double])).toThrow(
      expect.objectContaining({ code: 'step_already_registered' }),
    )
    expect(() => orchestrator.registerSteps([double, print])).not.toThrow()
  })

  test('that does not fit together does not compile', () => {
    const orchestrator = new FunctionOrchestrator({ offset: 1 }).registerSteps([double, addOffset, print])
    const neverRun = () => [
      // @ts-expect-error print returns text, double takes a number
      orchestrator.executeSequence(['print', 'double'], 1),
      // @ts-expect-error no such step
      orchestrator.executeSequence(['double', 'missing'], 1),
      // @ts-expect-error the first step takes a number
      orchestrator.executeSequence(['double'], 'text'),
      // @ts-expect-error the context offers no offset
      new FunctionOrchestrator({}).registerStep(addOffset),
    ]
    expect(neverRun).toBeTypeOf('function')
  })
})

describe('a step that fails', () => {
  const run = (cause: unknown, retryable = true) =>
    new FunctionOrchestrator({}, { clock: steppingClock() })
      .registerSteps([double, failing(cause, retryable), print])
      .executeSequence(['double', 'fail', 'print'], 1)
      .catch((error: unknown) => error as StepError)

  test('gives its name, the code and fate of the cause, the cause and the records so far', async () => {
    const cause = new AppError('the company has no id', { code: 'invalid_command', fate: 'permanent' })
    const error = await run(cause)
    expect(error).toBeInstanceOf(StepError)
    expect(error).toMatchObject({
      step: 'fail',
      code: 'invalid_command',
      fate: 'permanent',
      message: 'step "fail" failed: the company has no id',
      cause,
      records: [
        { name: 'double', status: 'completed' },
        { name: 'fail', status: 'failed', error: { code: 'invalid_command', message: 'the company has no id' } },
      ],
    })
  })

  test('keeps the words of other code out of its message', async () => {
    const error = await run(new TypeError('pat@example.com is not iterable'))
    expect(error).toMatchObject({ code: 'unexpected_error', fate: 'unknown' })
    expect((error as StepError).message).toBe('step "fail" failed: an unexpected TypeError')
  })

  test('is permanent where the step must not be repeated, unless a part is away', async () => {
    expect(await run(new Error('odd'), false)).toMatchObject({ fate: 'permanent' })
    const away = new AppError('MongoDB is away', { code: 'mongodb_unavailable', fate: 'unavailable' })
    expect(await run(away, false)).toMatchObject({ code: 'mongodb_unavailable', fate: 'unavailable' })
  })
})

test('an observer hears of every transition in order', async () => {
  const heard: StepTransition[] = []
  const orchestrator = new FunctionOrchestrator(
    {},
    { clock: steppingClock(), observer: (transition) => heard.push(transition) },
  ).registerSteps([double, failing(new Error('odd'))])
  await orchestrator.executeSequence(['double', 'fail'], 1).catch(() => {})
  expect(
    heard.map((transition) => [transition.kind, 'name' in transition ? transition.name : transition.record.status]),
  ).toEqual([
    ['started', 'double'],
    ['ended', 'completed'],
    ['started', 'fail'],
    ['ended', 'failed'],
  ])
})

test.each<[string, () => unknown]>([
  ['now', () => JSON.parse('{')],
  ['by a promise', () => Promise.reject(new Error('observer'))],
])('an observer that throws %s harms no sequence', async (_when, observer) => {
  const orchestrator = new FunctionOrchestrator({}, { observer: observer as () => void }).registerStep(double)
  expect(await orchestrator.executeSequence(['double'], 2)).toMatchObject({
    output: 4,
    records: [{ status: 'completed' }],
  })
})

describe('a sequence that is cancelled', () => {
  const patient = defineStep({
    ...{ name: 'patient', idempotencyKey: keyOf, retryable: true },
    execute: (_input: number, { cancel }: { cancel: () => void }, { signal }): Promise<number> => {
      const aborted = new Promise<number>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      )
      cancel()
      return aborted
    },
  })
  const cancelled = { code: 'run_cancelled', fate: 'unavailable', message: 'the sequence was cancelled' }
  const draining = new AppError('draining', { code: 'draining', fate: 'unavailable' })

  test('aborts the step that is under way and starts no other', async () => {
    const controller = new AbortController()
    const heard: StepTransition[] = []
    const context = { cancel: () => controller.abort(draining) }
    const orchestrator = new FunctionOrchestrator(context, { observer: (transition) => heard.push(transition) })
    const running = orchestrator
      .registerSteps([patient, double])
      .executeSequence(['patient', 'double'], 1, { signal: controller.signal })
    await expect(running).rejects.toMatchObject(cancelled)
    expect(heard).toMatchObject([
      { kind: 'started', name: 'patient' },
      { kind: 'ended', record: { name: 'patient', status: 'cancelled' } },
    ])
  })

  test('between two steps starts no other', async () => {
    const controller = new AbortController()
    const last = defineStep({
      ...{ name: 'last', idempotencyKey: keyOf, retryable: true },
      execute: (input: number) => {
        controller.abort(draining)
        return input
      },
    })
    const heard: StepTransition[] = []
    const observer = (transition: StepTransition) => heard.push(transition)
    const orchestrator = new FunctionOrchestrator({}, { observer }).registerSteps([last, double])
    const { signal } = controller
    await expect(orchestrator.executeSequence(['last', 'double'], 1, { signal })).rejects.toMatchObject(cancelled)
    const before = orchestrator.executeSequence(['double'], 1, { signal: AbortSignal.abort(draining) })
    await expect(before).rejects.toMatchObject(cancelled)
    expect(heard).toMatchObject([{ name: 'last' }, { record: { name: 'last', status: 'completed' } }])
  })

  test('or not leaves no listener on its signal', async () => {
    const { signal } = new AbortController()
    await new FunctionOrchestrator({}).registerStep(double).executeSequence(['double'], 1, { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('a step in a sequence', () => {
  test('is refused an output that its schema does not take, by its name and the path', async () => {
    const person = defineStep({
      name: 'greet',
      idempotencyKey: keyOf,
      retryable: true,
      input: z.object({ name: z.string(), age: z.number().min(0) }),
      execute: ({ name }) => `Hello ${name}`,
    })
    const load = defineStep({
      name: 'load',
      idempotencyKey: keyOf,
      retryable: true,
      execute: (_id: string) => ({ name: 'Pat', age: -5 }),
    })
    const orchestrator = new FunctionOrchestrator({}).registerSteps([load, person])
    await expect(orchestrator.executeSequence(['load', 'greet'], 'id')).rejects.toMatchObject({
      step: 'greet',
      code: 'invalid_step_input',
      fate: 'permanent',
      message: 'step "greet" failed: the input of step "greet" does not fit its schema at age (too_small)',
      records: [{ status: 'completed' }, { status: 'failed', attempts: 0 }],
    })
  })

  test('hands on what its output schema makes of its output', async () => {
    const load = defineStep({
      ...{ name: 'load', idempotencyKey: keyOf, retryable: true },
      output: z.object({ at: z.coerce.date() }),
      execute: () => ({ at: new Date(0), secret: 'pat' }),
    })
    const { output } = await new FunctionOrchestrator({}).registerStep(load).executeSequence(['load'], undefined)
    expectTypeOf(output).toEqualTypeOf<{ at: Date }>()
    expect(output).toEqual({ at: new Date(0) })
  })

  test('is retried and timed as it asks for', async () => {
    const clock = createTestClock()
    const slow = defineStep({
      name: 'slow',
      idempotencyKey: keyOf,
      retryable: true,
      timeout: 100,
      retry: { maxAttempts: 2, initialDelayMs: 50, maxDelayMs: 50 },
      execute: (input: number, _context: unknown, { attempt }) =>
        attempt === 1 ? new Promise<number>(() => {}) : input,
    })
    const orchestrator = new FunctionOrchestrator({}, { clock, random: () => 1 }).registerStep(slow)
    const running = orchestrator.executeSequence(['slow'], 5)
    await clock.advance(150)
    expect(await running).toMatchObject({ output: 5, records: [{ attempts: 2, duration: 150 }] })
  })

  test('is refused when it is registered with numbers that make no sense', () => {
    const odd = { ...double, timeout: 0 }
    expect(() => new FunctionOrchestrator({}).registerStep(odd)).toThrow(
      expect.objectContaining({ code: 'invalid_step' }),
    )
  })
})

test('a workflow runs with the context and the clock of its orchestrator', async () => {
  const input = workflowInput(z.number())
  const shifted = node({ step: addOffset, after: { input }, input: ({ input }) => input })
  const workflow = defineWorkflow({ name: 'w', version: '1', input, steps: [shifted], output: shifted })
  const clock = createTestClock(5_000)
  const orchestrator = new FunctionOrchestrator({ offset: 3 }, { clock })
  const settings = { key: 'run', clock: undefined, random: undefined }
  const { output, steps } = await orchestrator.executeWorkflow(workflow, 4, settings)
  expectTypeOf(output).toEqualTypeOf<number>()
  expect(output).toBe(7)
  expect(steps).toMatchObject([{ name: 'addOffset', startedAt: new Date(5_000) }])
  // @ts-expect-error the context offers no offset
  const neverRun = () => new FunctionOrchestrator({}).executeWorkflow(workflow, 4, { key: 'run' })
  expect(neverRun).toBeTypeOf('function')
})
