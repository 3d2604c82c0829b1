import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { AnyStep } from './step.ts'

/**
 * Refuses a step that cannot be executed as it says.
 * @throws AppError `invalid_step` (permanent) that names the step and what to change.
 */
export function checkStep({ name, retryable, timeout, retry }: AnyStep<never>): void {
  const refuse = (words: string) => {
    throw new AppError(`step "${name}": ${words}`, { code: 'invalid_step', fate: 'permanent' })
  }
  if (name === '') refuse('it has no name; give it one')
  if (timeout !== undefined && !(timeout > 0)) refuse(`timeout is ${timeout}; it must be above 0`)
  if (retry === undefined) return
  const { maxAttempts, initialDelayMs, maxDelayMs, factor = 2, deadlineMs } = retry
  if (!retryable) refuse('it has a retry policy and is not retryable; drop one of the two')
  if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    refuse(`retry.maxAttempts is ${maxAttempts}; it must be a whole number from 1`)
  }
  if (!(initialDelayMs >= 0)) refuse(`retry.initialDelayMs is ${initialDelayMs}; it must not be below 0`)
  if (!(maxDelayMs >= initialDelayMs)) {
    refuse(`retry.maxDelayMs is ${maxDelayMs}; it must not be below initialDelayMs, ${initialDelayMs}`)
  }
  if (!(factor >= 1)) refuse(`retry.factor is ${factor}; it must be at least 1`)
  if (deadlineMs !== undefined && !(deadlineMs > 0)) refuse(`retry.deadlineMs is ${deadlineMs}; it must be above 0`)
}
