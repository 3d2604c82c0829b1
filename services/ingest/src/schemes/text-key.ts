import { createSecretKey, type KeyObject } from 'node:crypto'

/** Shorter secrets are refused; a provider's generated one is far longer. */
export const MIN_SECRET_LENGTH = 8

/**
 * The key of a secret that signs as the bytes of its text in UTF-8.
 * @throws Error where it is too short.
 */
export function textKey(secret: string): KeyObject {
  if (secret.length < MIN_SECRET_LENGTH) throw new Error(`a secret has at least ${MIN_SECRET_LENGTH} characters`)
  return createSecretKey(Buffer.from(secret, 'utf8'))
}
