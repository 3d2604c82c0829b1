import { AppError, type Fate } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { StepRecord } from './step-record.ts'

/** A step failed. Code and fate are its cause's; the records tell how far the sequence came. */
export class StepError extends AppError {
  readonly step: string
  /** Every step that ran, the failed one last. */
  readonly records: readonly StepRecord[]

  constructor(step: string, failure: StepFailure, records: readonly StepRecord[], cause: unknown) {
    super(`step "${step}" failed: ${failure.message}`, { code: failure.code, fate: failure.fate, cause })
    this.name = 'StepError'
    this.step = step
    this.records = records
  }
}

export interface StepFailure {
  readonly code: string
  readonly fate: Fate
  /** Our own words; those of other code may quote data and are kept in the cause alone. */
  readonly message: string
}

/**
 * What a thrown value means for the step that threw it. A step that must not be repeated makes a failure of unknown or
 * passing kind permanent; a part that is away stays `unavailable`, because waiting for it repeats nothing by itself.
 */
export function toStepFailure(cause: unknown, retryable: boolean): StepFailure {
  const { code, fate, message } = classifyError(cause)
  const words = cause instanceof AppError ? message : `an unexpected ${cause instanceof Error ? cause.name : 'value'}`
  return { code, fate: retryable || fate === 'unavailable' ? fate : 'permanent', message: words }
}
