import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'

/** Whatever the registry's client threw, as a part that is away: work waits for it. What is one of ours already stays. */
export function registryError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error
  const { message } = classifyError(error)
  return new AppError(`the schema registry did not answer while ${doing}: ${message}`, {
    code: 'registry_unavailable',
    fate: 'unavailable',
    cause: error,
  })
}

/** The registry's client puts the HTTP status on its errors; one wrapper keeps only the words. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}

/** Does the registry say that it has no such schema? */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 || (error instanceof Error && error.name === 'ConfluentSchemaRegistryError')
}
