import type { Clock } from '../clock.ts'
import type { AnyStep, AroundAttempt } from '../step.ts'
import type { StepFailure } from '../step-failure.ts'
import type { Cancellation } from './cancellation.ts'

/** One execution of a step, with all its attempts. */
export interface StepWork {
  // biome-ignore lint/suspicious/noExplicitAny: whoever wired the step has checked that input and context fit
  readonly step: AnyStep<any>
  readonly input: unknown
  readonly context: unknown
  /** The key of the run that it is part of; undefined in a sequence. */
  readonly run: string | undefined
  /** The node's name; of a fan-out, with the item's place; in a sequence the step's. */
  readonly name: string
  /** Whether its output is not stored and yet handed on as it would be read from a store. */
  readonly isReadBack: boolean
  /** Equal for every attempt, in whichever process. Asked for only by steps that use it. */
  readonly idempotencyKey: string
  readonly clock: Clock
  /** From 0 to below 1. */
  readonly random: () => number
  readonly cancellation: Cancellation
  readonly around: AroundAttempt | undefined
  /** When everything it is part of must have ended, by the clock; Infinity for never. */
  readonly deadline: number
  /** How many attempts were made. */
  attempts: number
  /** When the first attempt began, by the clock; set where the step has a deadline. */
  firstAttemptAt: number
  /** Whether an attempt may begin: false once `cancellation` is stopping. */
  mayStart(): boolean
  /** An attempt failed and another one follows. */
  onRetry(delayMs: number, failure: StepFailure): void
}
