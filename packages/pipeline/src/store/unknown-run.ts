import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/** Of a run whose record is gone while it was under way: deleted by hand, or older than records are kept. */
export function unknownRun(key: string): AppError {
  return new AppError(`there is no run ${key} to end; it was never begun or its record has expired: begin it again`, {
    code: 'run_not_found',
    fate: 'retryable',
  })
}
