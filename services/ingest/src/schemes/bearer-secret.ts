import { createHash, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Secret, SignatureResult } from './scheme.ts'

/** 128 random bits in base64url: what travels with each request is guessed at, and has to be random. */
export const MIN_BEARER_LENGTH = 22

/**
 * The key of a secret that is sent as it is: its SHA-256. Digests have one length, so that comparing them tells nothing of
 * the secret's.
 * @throws Error where it is too short, or `allowed` does not match.
 */
export function bearerKey(secret: string, allowed: RegExp, explained: string): KeyObject {
  if (secret.length < MIN_BEARER_LENGTH || !allowed.test(secret)) {
    throw new Error(`a secret is at least ${MIN_BEARER_LENGTH} characters, all of them ${explained}`)
  }
  return createSecretKey(digestOf(secret))
}

/** Whether what was sent is one of the secrets. */
export function checkBearer(given: string | undefined, active: readonly Secret[]): SignatureResult {
  if (!given) return { ok: false, code: 'missing_signature' }
  const digest = digestOf(given)
  const secrets = active.filter(({ key }) => timingSafeEqual(key.export(), digest))
  return secrets.length > 0 ? { ok: true, secrets } : { ok: false, code: 'invalid_signature' }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest()
