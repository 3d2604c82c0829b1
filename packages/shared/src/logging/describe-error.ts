import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'

/**
 * An error as it may be logged. Only our own messages are kept, because those of other code can quote documents;
 * of the rest the name, the code and where it happened. Follows `cause` three levels deep.
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error }
  const { code, fate } = classifyError(error)
  return {
    name: error.name,
    code,
    fate,
    ...(error instanceof AppError ? { message: error.message } : {}),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(error.cause === undefined || depth >= 2 ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}
