import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/** Of a run whose record went while it was under way: deleted by hand, or older than records are kept. */
export function unknownRun(key: string): AppError {
  return new AppError(
    `there is no record of the run ${key}: it was never begun, or it was deleted or expired since; begin it again`,
    { code: 'run_not_found', fate: 'retryable' },
  )
}
