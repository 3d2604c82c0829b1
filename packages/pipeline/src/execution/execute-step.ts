import { throughJson } from '../json/json-output.ts'
import { retryDelay } from '../retry/retry-delay.ts'
import { toStepFailure } from '../step-failure.ts'
import { attemptStep } from './attempt-step.ts'
import { pause } from './pause.ts'
import type { StepWork } from './step-work.ts'

/**
 * Executes a step with the time limits and retries that it asks for: its output, or a promise of it, for `handOn`; throws
 * what its last attempt threw, or the reason of the cancellation that ended a delay.
 */
export function executeStep(work: StepWork): unknown {
  return work.step.retry === undefined ? attemptStep(work) : executeAttempts(work)
}

/**
 * What those that depend on a step see of what it returned. Not a part of `executeStep`, because a promise more would cost
 * a fifth of what a node does.
 * @throws AppError `unserialisable_output` (permanent), `invalid_step_output` (unknown).
 */
export function handOn({ step, isReadBack }: Pick<StepWork, 'step' | 'isReadBack'>, output: unknown): unknown {
  return isReadBack ? throughJson(step, output) : output
}

async function executeAttempts(work: StepWork): Promise<unknown> {
  for (;;) {
    try {
      const output = await attemptStep(work)
      // An answer that cannot be handed on is an attempt that failed.
      handOn(work, output)
      return output
    } catch (cause) {
      await pause(work.clock, delayAfter(work, cause), work.cancellation)
    }
  }
}

/**
 * In how many milliseconds the next attempt is due after one that threw `cause`.
 * @throws `cause` where none may follow: a permanent failure, no attempts or no time left, or the run is stopping.
 */
export function delayAfter(work: StepWork, cause: unknown): number {
  const { step, clock, cancellation } = work
  const { retry } = step
  if (retry === undefined || work.attempts >= retry.maxAttempts || cancellation.isStopping) throw cause
  const failure = toStepFailure(cause, step.retryable)
  if (failure.fate === 'permanent') throw cause
  const delayMs = retryDelay(retry, work.attempts, cause, work.random)
  const deadline = Math.min(work.deadline, work.firstAttemptAt + (retry.deadlineMs ?? Infinity))
  if (clock.now() + delayMs >= deadline) throw cause
  work.onRetry(delayMs, failure)
  return delayMs
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}
