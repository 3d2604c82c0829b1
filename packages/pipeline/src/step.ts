import type { z } from 'zod'
import { checkStep } from './check-step.ts'
import type { RetryPolicy } from './retry/retry-policy.ts'

/**
 * What a step is told of the execution it is in. Declared as a class because the compiler then knows that a copy
 * (`{ ...run }`) holds nothing of what is made only when it is looked at.
 */
export declare abstract class StepRun {
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The key of the run; undefined in a sequence. */
  abstract get run(): string | undefined
  /** The node's name; of a fan-out, with the item's place, such as `enrich[3]`; in a sequence the step's. */
  abstract get node(): string
  /** Aborts when the attempt's time is up or the run is cancelled. Hand it to whatever can stop early. */
  abstract get signal(): AbortSignal
  /**
   * Names this piece of work: equal for every attempt of it, in whichever process and however often its run is resumed.
   * For a provider that takes one, so that an attempt whose answer was lost is not charged twice. Lower-case hex.
   */
  abstract get idempotencyKey(): string
}

/**
 * Called for every attempt: calls `next`, once, and returns what that returns, in whatever must be around it, such as an
 * active span whose children are what the step calls. Unlike an observer it is part of the attempt: what it throws, the
 * attempt throws.
 */
export type AroundAttempt = <Result>(run: StepRun, next: () => Result) => Result

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
   * Reads, synchronously, what JSON makes of the output, with a store and without; dependents see what it returns, such as
   * dates. One that it refuses (`invalid_step_output`) is not stored and may be tried again: fate unknown. It must take
   * what JSON makes of its own results.
   */
  readonly output?: z.ZodType<Output>
  readonly execute: (input: Input, context: Context, run: StepRun) => Promise<Output> | Output
}

/** Any step that a given context can serve. */
// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs of unlike steps have no common type; wirings check them
export type AnyStep<Context> = Step<string, any, any, Context>

/** Never there: what the compiler shows in the place of a field that there is not. */
interface NoSuchField<Key> {
  readonly thereIsNoField: Key
}

type NoOthers<Written, Known> = { readonly [Key in Exclude<keyof Written, keyof Known>]: NoSuchField<Key> }

type OfStep = Step<string, unknown, unknown, unknown>
type NoOtherFields<Written> = NoOthers<Written, OfStep> &
  (Written extends { readonly retry: infer Retry } ? { readonly retry: NoOthers<Retry, RetryPolicy> } : unknown)

/**
 * Gives a step its literal name without a type annotation. What comes back is typed as it was written, so that a step
 * that needs no context is tested by `execute(input)` alone.
 * @throws AppError `invalid_step` (permanent) where a time or a number in it makes no sense, or a field is none of a step.
 */
export function defineStep<const Name extends string, Input, Output, Context, const Written>(
  step: Written & Step<Name, Input, Output, Context> & NoOtherFields<Written>,
): Written & { readonly name: Name } {
  checkStep(step)
  return step
}

export type InputOf<S> = S extends { readonly execute: (input: infer Input, context: never, run: never) => unknown }
  ? Input
  : never

/** What a step hands on: what its schema returns, where it has one. */
export type OutputOf<S> = S extends { readonly output: z.ZodType<infer Output> }
  ? Output
  : S extends { readonly execute: (input: never, context: never, run: never) => infer Output }
    ? Awaited<Output>
    : never
