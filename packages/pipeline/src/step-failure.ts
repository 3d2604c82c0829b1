import { AppError, type Fate } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'

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
