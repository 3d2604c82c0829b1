import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkStepInput } from './check-against.ts'
import { checkStep } from './check-step.ts'
import { type Clock, systemClock } from './clock.ts'
import { Cancellation } from './execution/cancellation.ts'
import { executeStep } from './execution/execute-step.ts'
import { generateIdempotencyKey } from './generate-idempotency-key.ts'
import type { RunResult } from './run/run-result.ts'
import { type RunOptions, type RunSettings, runWorkflow } from './run/run-workflow.ts'
import type { ByName, CheckedSequence, Registered, SequenceInput, SequenceOutput } from './sequence-types.ts'
import type { AnyStep } from './step.ts'
import { StepError, toStepFailure } from './step-error.ts'
import type { StepObserver, StepRecord } from './step-record.ts'
import type { Workflow } from './workflow/define-workflow.ts'

export interface OrchestratorOptions {
  readonly clock?: Clock
  /** From 0 to below 1; for the jitter of delays. */
  readonly random?: () => number
  /** Hears of the steps of sequences; those of workflows are told to the observers that `executeWorkflow` is given. */
  readonly observer?: StepObserver
}

export interface SequenceResult<Output> {
  readonly output: Output
  /** One a step, in order. */
  readonly records: readonly StepRecord[]
}

/**
 * Runs registered steps one after the other, each on the output of the one before, and workflows, all with one context.
 * Holds no state of a run, so one orchestrator serves any number of runs side by side.
 */
export class FunctionOrchestrator<Context, Steps extends Registered = Record<never, never>> {
  readonly #steps = new Map<string, AnyStep<Context>>()
  readonly #context: Context
  readonly #clock: Clock
  readonly #random: () => number
  readonly #observer: StepObserver

  constructor(context: Context, options: OrchestratorOptions = {}) {
    this.#context = context
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#observer = options.observer ?? (() => {})
  }

  /** @throws AppError `step_already_registered`, `invalid_step` (permanent). */
  registerStep<S extends AnyStep<Context>>(step: S): FunctionOrchestrator<Context, Steps & ByName<[S]>> {
    checkStep(step)
    if (this.#steps.has(step.name)) {
      throw new AppError(`a step named "${step.name}" is registered already; names must be unique`, {
        code: 'step_already_registered',
        fate: 'permanent',
      })
    }
    this.#steps.set(step.name, step)
    return this as unknown as FunctionOrchestrator<Context, Steps & ByName<[S]>>
  }

  /** @throws AppError `step_already_registered`, `invalid_step` (permanent). */
  registerSteps<const S extends readonly AnyStep<Context>[]>(
    steps: S,
  ): FunctionOrchestrator<Context, Steps & ByName<S>> {
    for (const step of steps) this.registerStep(step)
    return this as unknown as FunctionOrchestrator<Context, Steps & ByName<S>>
  }

  /**
   * Runs the named steps in order and returns the last one's output with the record of each. Steps that do not fit
   * together do not compile where the names are literal.
   * @throws AppError `unknown_step` (permanent) before any step runs; StepError from the step that failed, of code
   * `invalid_step_input` (permanent) where its schema refuses what the step before it returned.
   */
  async executeSequence<const Names extends readonly string[]>(
    names: Names & CheckedSequence<Steps, Names>,
    input: SequenceInput<Steps, Names>,
  ): Promise<SequenceResult<SequenceOutput<Steps, Names>>> {
    const steps = names.map((name) => this.#find(name))
    const records: StepRecord[] = []
    let value: unknown = input
    for (const step of steps) value = await this.#run(step, value, records)
    return { output: value as SequenceOutput<Steps, Names>, records }
  }

  /** Runs a workflow as `runWorkflow` does, with this orchestrator's context, clock and random source. */
  executeWorkflow<Given, Output>(
    workflow: Workflow<Given, Output, Context>,
    input: NoInfer<Given>,
    settings: RunSettings,
  ): Promise<RunResult<Output>> {
    const options = { clock: this.#clock, random: this.#random, ...settings, context: this.#context }
    return runWorkflow(workflow, input, options as RunOptions<Context>)
  }

  async #run(step: AnyStep<Context>, given: unknown, records: StepRecord[]): Promise<unknown> {
    const startedAt = this.#clock.now()
    let idempotencyKey = ''
    const work = {
      ...{ step, input: given, context: this.#context, clock: this.#clock, random: this.#random, startedAt },
      isReadBack: step.output !== undefined,
      cancellation: new Cancellation(),
      deadline: Infinity,
      attempts: 0,
      onRetry: () => {},
      get idempotencyKey() {
        return generateIdempotencyKey(step.name, idempotencyKey)
      },
    }
    const end = (outcome: Pick<StepRecord, 'status' | 'error'>) => {
      const duration = this.#clock.now() - startedAt
      const { attempts } = work
      const record = { name: step.name, idempotencyKey, startedAt: new Date(startedAt), duration, attempts, ...outcome }
      records.push(record)
      this.#observer({ kind: 'ended', record })
    }
    try {
      work.input = checkStepInput(step, given)
      idempotencyKey = step.idempotencyKey(work.input)
      this.#observer({ kind: 'started', name: step.name, idempotencyKey, at: new Date(startedAt) })
      const output = await executeStep(work)
      end({ status: 'completed' })
      return output
    } catch (cause) {
      const failure = toStepFailure(cause, step.retryable)
      end({ status: 'failed', error: { code: failure.code, message: failure.message } })
      throw new StepError(step.name, failure, records, cause)
    }
  }

  #find(name: string): AnyStep<Context> {
    const step = this.#steps.get(name)
    if (step !== undefined) return step
    const known = [...this.#steps.keys()].join(', ')
    throw new AppError(`no step is named "${name}"; registered are: ${known === '' ? 'none' : known}`, {
      code: 'unknown_step',
      fate: 'permanent',
    })
  }
}
