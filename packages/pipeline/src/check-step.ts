import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RetryPolicy } from './retry/retry-policy.ts'
import type { AnyStep } from './step.ts'

type Fields<T> = Readonly<Record<keyof T, true>>

const FIELDS: Fields<AnyStep<never>> = {
  name: true,
  idempotencyKey: true,
  retryable: true,
  timeout: true,
  retry: true,
  input: true,
  output: true,
  execute: true,
}
const RETRY_FIELDS: Fields<RetryPolicy> = {
  maxAttempts: true,
  initialDelayMs: true,
  maxDelayMs: true,
  factor: true,
  deadlineMs: true,
}

/**
 * Refuses a step that cannot be executed as it says.
 * @throws AppError `invalid_step` (permanent) that names the step and what to change.
 */
export function checkStep(step: AnyStep<never>): void {
  const { name, retryable, timeout, retry } = step
  const refuse = (words: string) => {
    throw new AppError(`step "${name}": ${words}`, { code: 'invalid_step', fate: 'permanent' })
  }
  const refuseOthers = (written: object, fields: object, prefix = '') => {
    const other = Object.keys(written).find((key) => !Object.hasOwn(fields, key))
    if (other === undefined) return
    refuse(`there is no field "${prefix}${other}"; there are: ${Object.keys(fields).join(', ')}`)
  }
  const checkNumber = (what: string, value: number, least: number) => {
    if (!(Number.isFinite(value) && value >= least)) refuse(`${what} is ${value}; it must be a number from ${least}`)
  }
  const checkTime = (what: string, ms: number) => {
    if (!(Number.isFinite(ms) && ms > 0)) refuse(`${what} is ${ms}; it must be a number of milliseconds above 0`)
  }
  if (name === '') refuse('it has no name; give it one')
  refuseOthers(step, FIELDS)
  if (timeout !== undefined) checkTime('timeout', timeout)
  if (retry === undefined) return
  refuseOthers(retry, RETRY_FIELDS, 'retry.')
  const { maxAttempts, initialDelayMs, maxDelayMs, factor = 2, deadlineMs } = retry
  if (!retryable) refuse('it has a retry policy and is not retryable; drop one of the two')
  if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    refuse(`retry.maxAttempts is ${maxAttempts}; it must be a whole number from 1`)
  }
  checkNumber('retry.initialDelayMs', initialDelayMs, 0)
  checkNumber('retry.maxDelayMs', maxDelayMs, initialDelayMs)
  checkNumber('retry.factor', factor, 1)
  if (deadlineMs !== undefined) checkTime('retry.deadlineMs', deadlineMs)
}
