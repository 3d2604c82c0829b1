import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'

/** Whatever the registry's client threw, as a part that is away: work waits for it. What is one of ours already stays. */
export function registryError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error
  return registryAway(`the schema registry did not answer while ${doing}: ${classifyError(error).message}`, error)
}

/** The registry is away, or not what answers at its address. */
export function registryAway(message: string, cause: unknown): AppError {
  return new AppError(message, { code: 'registry_unavailable', fate: 'unavailable', cause })
}

/** The registry's client puts the HTTP status on its errors; one wrapper keeps only the words. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}

/** Does the registry say that it has no such subject, version or schema? Its word alone, see confirm-not-found.ts. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 || (error instanceof Error && error.name === 'ConfluentSchemaRegistryError')
}

/** Confluent's `error_code` for a schema that the registry does not have. */
const SCHEMA_NOT_FOUND = 40_403

/** Does the registry itself say that it has no schema of this id? */
export function isUnknownSchema(error: unknown): boolean {
  return statusOf(error) === 404 && (error as { errorCode?: unknown }).errorCode === SCHEMA_NOT_FOUND
}
