import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { NodeId } from './run-store.ts'

/**
 * Refuses what is no name for anything: an empty text, and one with half a surrogate pair, such as a cut-off emoji, which
 * UTF-8 cannot hold, so that a database would keep another text in its place.
 * @throws AppError `invalid_key` (permanent).
 */
export function checkKey(what: string, key: string): void {
  if (key !== '' && key.isWellFormed()) return
  const words = key === '' ? 'is empty' : 'is not well-formed Unicode: it ends or begins in the middle of a character'
  throw new AppError(`${what} ${words}`, { code: 'invalid_key', fate: 'permanent' })
}

/** @throws AppError `invalid_key` (permanent). */
export function checkNodeKeys({ run, version, node, idempotencyKey }: NodeId): void {
  checkKey('the key of a run', run)
  checkKey('the version of a workflow', version)
  checkKey('the name of a node', node)
  checkKey(`the idempotency key of the step in node "${node}"`, idempotencyKey)
}
