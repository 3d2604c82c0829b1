import type { Clock } from '../clock.ts'
import type { AnyStep } from '../step.ts'
import type { StepFailure } from '../step-failure.ts'
import type { Cancellation } from './cancellation.ts'

/** One execution of a step, with all its attempts. */
export interface StepWork {
  // biome-ignore lint/suspicious/noExplicitAny: whoever wired the step has checked that input and context fit
  readonly step: AnyStep<any>
  readonly input: unknown
  readonly context: unknown
  /** Whether its output is handed on as it would be read from a store, and not as it was returned. */
  readonly isReadBack: boolean
  /** Equal for every attempt, in whichever process. Asked for only by steps that use it. */
  readonly idempotencyKey: string
  readonly clock: Clock
  /** From 0 to below 1. */
  readonly random: () => number
  readonly cancellation: Cancellation
  /** When it began, by the clock. */
  readonly startedAt: number
  /** When everything it is part of must have ended, by the clock; Infinity for never. */
  readonly deadline: number
  /** How many attempts were made. */
  attempts: number
  /** An attempt failed and another one follows. */
  onRetry(delayMs: number, failure: StepFailure): void
}
