import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'

/** What work stops with that its caller cancelled: `run_cancelled`, of the fate that the caller's reason has. */
export function cancelled(words: string, reason: unknown): AppError {
  return new AppError(words, { code: 'run_cancelled', fate: classifyError(reason).fate, cause: reason })
}
