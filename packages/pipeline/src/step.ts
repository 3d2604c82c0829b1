import type { z } from 'zod'
import { checkStep } from './check-step.ts'
import type { RetryPolicy } from './retry/retry-policy.ts'

/** What a step is told of the execution it is in. */
export interface StepRun {
  /** 1 for the first attempt. */
  readonly attempt: number
  /** Aborts when the attempt's time is up or the run is cancelled. Hand it to whatever can stop early. */
  readonly signal: AbortSignal
  /**
   * Names this piece of work: equal for every attempt of it, in whichever process and however often its run is resumed.
   * For a provider that takes one, so that an attempt whose answer was lost is not charged twice. Lower-case hex.
   */
  readonly idempotencyKey: string
}

/**
 * One step of a pipeline: a value, so that it is tested by calling `execute`.
 * Its context is whatever it needs from outside; whoever offers at least that can run it.
 */
export interface Step<Name extends string, Input, Output, Context> {
  readonly name: Name
  /** Equal for inputs whose execution has one and the same effect. Cheap: it is asked for every execution. */
  readonly idempotencyKey: (input: Input) => string
  /**
   * False where an attempt that failed must not be repeated: what failed without a known cause is then permanent. In a run
   * that is stored it is executed once at most, unless it says itself, by a permanent AppError, that it was refused.
   */
  readonly retryable: boolean
  /** Milliseconds one attempt may take; past them it is `step_timeout` (retryable) and its signal aborts. */
  readonly timeout?: number
  /** How a failed attempt is repeated; never without. */
  readonly retry?: RetryPolicy
  /** Checks what comes in (`invalid_step_input`, permanent), synchronously. The step gets what the schema returns. */
  readonly input?: z.ZodType<Input>
  /**
   * Reads the output back from JSON, where a run is stored; for an output that JSON does not hold as it is, such as one
   * with dates. Without it dependents see what JSON makes of the output.
   */
  readonly output?: z.ZodType<Output>
  readonly execute: (input: Input, context: Context, run: StepRun) => Promise<Output> | Output
}

/** Any step that a given context can serve. */
// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs of unlike steps have no common type; wirings check them
export type AnyStep<Context> = Step<string, any, any, Context>

/**
 * Gives a step its literal name without a type annotation. What comes back is typed as it was written, so that a step
 * that needs no context is tested by `execute(input)` alone.
 * @throws AppError `invalid_step` (permanent) where a time or a number in it makes no sense.
 */
export function defineStep<const Name extends string, Input, Output, Context, const Written>(
  step: Written & Step<Name, Input, Output, Context>,
): Written & { readonly name: Name } {
  checkStep(step)
  return step
}

export type InputOf<S> = S extends { readonly execute: (input: infer Input, context: never, run: never) => unknown }
  ? Input
  : never

export type OutputOf<S> = S extends { readonly execute: (input: never, context: never, run: never) => infer Output }
  ? Awaited<Output>
  : never
