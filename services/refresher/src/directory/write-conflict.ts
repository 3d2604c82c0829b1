import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/** How often lost races for a unique key are tried again before the caller hears of it. */
export const MAX_RACES = 5

/** The error for races that did not end. */
export function writeConflict(collection: string): AppError {
  return new AppError(`others kept writing the same ${collection}; the work is tried again`, {
    code: 'write_conflict',
    fate: 'retryable',
  })
}
