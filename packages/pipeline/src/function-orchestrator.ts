import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { ByName, CheckedSequence, Registered, SequenceInput, SequenceOutput } from './sequence-types.ts'
import type { AnyStep } from './step.ts'
import { StepError, toStepFailure } from './step-error.ts'
import type { StepObserver, StepRecord } from './step-record.ts'

export interface OrchestratorOptions {
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  readonly observer?: StepObserver
}

export interface SequenceResult<Output> {
  readonly output: Output
  /** One a step, in order. */
  readonly records: readonly StepRecord[]
}

/**
 * Runs registered steps one after the other, each on the output of the one before. Holds no state of a run, so one
 * orchestrator serves any number of runs side by side.
 */
export class FunctionOrchestrator<Context, Steps extends Registered = Record<never, never>> {
  readonly #steps = new Map<string, AnyStep<Context>>()
  readonly #context: Context
  readonly #clock: () => number
  readonly #observer: StepObserver

  constructor(context: Context, options: OrchestratorOptions = {}) {
    this.#context = context
    this.#clock = options.clock ?? Date.now
    this.#observer = options.observer ?? (() => {})
  }

  /** @throws AppError `step_already_registered` (permanent). */
  registerStep<S extends AnyStep<Context>>(step: S): FunctionOrchestrator<Context, Steps & ByName<[S]>> {
    if (this.#steps.has(step.name)) {
      throw new AppError(`a step named "${step.name}" is registered already; names must be unique`, {
        code: 'step_already_registered',
        fate: 'permanent',
      })
    }
    this.#steps.set(step.name, step)
    return this as unknown as FunctionOrchestrator<Context, Steps & ByName<[S]>>
  }

  /** @throws AppError `step_already_registered` (permanent). */
  registerSteps<const S extends readonly AnyStep<Context>[]>(
    steps: S,
  ): FunctionOrchestrator<Context, Steps & ByName<S>> {
    for (const step of steps) this.registerStep(step)
    return this as unknown as FunctionOrchestrator<Context, Steps & ByName<S>>
  }

  /**
   * Runs the named steps in order and returns the last one's output with the record of each. Steps that do not fit
   * together do not compile where the names are literal.
   * @throws AppError `unknown_step` (permanent) before any step runs; StepError from the step that failed.
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

  async #run(step: AnyStep<Context>, input: unknown, records: StepRecord[]): Promise<unknown> {
    const startedAt = new Date(this.#clock())
    let idempotencyKey = ''
    const end = (outcome: Pick<StepRecord, 'status' | 'error'>) => {
      const duration = this.#clock() - startedAt.getTime()
      const record = { name: step.name, idempotencyKey, startedAt, duration, ...outcome }
      records.push(record)
      this.#observer({ kind: 'ended', record })
    }
    try {
      idempotencyKey = step.idempotencyKey(input)
      this.#observer({ kind: 'started', name: step.name, idempotencyKey, at: startedAt })
      const output = await step.execute(input, this.#context)
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
