import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkStep } from './check-step.ts'
import { type Clock, systemClock } from './clock.ts'
import type { RunResult } from './run/run-result.ts'
import { type RunOptions, type RunSettings, runWorkflow } from './run/run-workflow.ts'
import { runSequence } from './run-sequence.ts'
import type { ByName, CheckedSequence, Registered, SequenceInput, SequenceOutput } from './sequence-types.ts'
import type { AnyStep } from './step.ts'
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
  readonly #observer: StepObserver | undefined

  constructor(context: Context, options: OrchestratorOptions = {}) {
    this.#context = context
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#observer = options.observer
  }

  /** @throws AppError `step_already_registered`, `invalid_step` (permanent). */
  registerStep<S extends AnyStep<Context>>(step: S): FunctionOrchestrator<Context, Steps & ByName<[S]>> {
    return this.registerSteps<[S]>([step])
  }

  /**
   * Registers all of them, or none.
   * @throws AppError `step_already_registered`, `invalid_step` (permanent).
   */
  registerSteps<const S extends readonly AnyStep<Context>[]>(
    steps: S,
  ): FunctionOrchestrator<Context, Steps & ByName<S>> {
    const names = new Set(this.#steps.keys())
    for (const step of steps) {
      checkStep(step)
      if (names.has(step.name)) throw registeredAlready(step.name)
      names.add(step.name)
    }
    for (const step of steps) this.#steps.set(step.name, step)
    return this as unknown as FunctionOrchestrator<Context, Steps & ByName<S>>
  }

  /**
   * Runs the named steps in order and returns the last one's output with the record of each. Steps that do not fit
   * together do not compile where the names are literal.
   * @throws AppError `unknown_step` (permanent) before any step runs; StepError from the step that failed, of code
   * `invalid_step_input` (permanent) where its schema refuses what the step before it returned; AppError `run_cancelled`
   * (fate of the reason) once the signal aborted and no step is under way.
   */
  async executeSequence<const Names extends readonly string[]>(
    names: Names & CheckedSequence<Steps, Names>,
    input: SequenceInput<Steps, Names>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<SequenceResult<SequenceOutput<Steps, Names>>> {
    const steps = names.map((name) => this.#find(name))
    const settings = {
      context: this.#context,
      clock: this.#clock,
      random: this.#random,
      observer: this.#observer,
      signal,
    }
    const { output, records } = await runSequence(steps, input, settings)
    return { output: output as SequenceOutput<Steps, Names>, records }
  }

  /** Runs a workflow as `runWorkflow` does, with this orchestrator's context, clock and random source. */
  executeWorkflow<Given, Output>(
    workflow: Workflow<Given, Output, Context>,
    input: NoInfer<Given>,
    settings: RunSettings,
  ): Promise<RunResult<Output>> {
    const { clock = this.#clock, random = this.#random } = settings
    const options = { ...settings, clock, random, context: this.#context }
    return runWorkflow(workflow, input, options as RunOptions<Context>)
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

function registeredAlready(name: string): AppError {
  return new AppError(`a step named "${name}" is registered already; names must be unique`, {
    code: 'step_already_registered',
    fate: 'permanent',
  })
}
