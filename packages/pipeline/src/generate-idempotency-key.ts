import { createHash } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import canonicalize from 'canonicalize'

/**
 * The key of a piece of work: lower-case hex SHA-256 over the canonical JSON (RFC 8785) of its parts, so that equal
 * parts give equal keys in every process, in whatever order the fields of an object were written.
 * @throws AppError `unserialisable_key` (permanent) for what JSON cannot hold: cycles, NaN, bigint, lone surrogates.
 */
export function generateIdempotencyKey(...parts: readonly unknown[]): string {
  try {
    return createHash('sha256')
      .update(canonicalize(parts) ?? '')
      .digest('hex')
  } catch (error) {
    throw new AppError('an idempotency key can be made of JSON values only', {
      code: 'unserialisable_key',
      fate: 'permanent',
      cause: error,
    })
  }
}
