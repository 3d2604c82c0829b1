import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'

/** The specification's least length of an HMAC secret: 192 bits. */
const MIN_HMAC_BYTES = 24

const ED25519_KEY_BYTES = 32

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The key that verifies: of `whsec_` the shared secret, of `whpk_` the provider's public key.
 * @throws Error where the text is neither.
 */
export function toVerifyingKey(secret: string): KeyObject {
  const hmacKey = decode(secret, 'whsec_')
  if (hmacKey !== undefined && hmacKey.length >= MIN_HMAC_BYTES) return createSecretKey(hmacKey)
  const publicKey = decode(secret, 'whpk_')
  if (publicKey?.length === ED25519_KEY_BYTES) {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') }
    return createPublicKey({ format: 'jwk', key: jwk })
  }
  throw new Error('a secret is whsec_ and base64 of at least 24 bytes, or whpk_ and base64 of an Ed25519 public key')
}

/**
 * The key that signs: of `whsec_` the shared secret, of `whsk_` the private key (its seed, or seed and public key).
 * @throws Error where the text is neither.
 */
export function toSigningKey(secret: string): KeyObject {
  if (secret.startsWith('whsec_')) return toVerifyingKey(secret)
  const privateKey = decode(secret, 'whsk_')
  if (privateKey?.length === ED25519_KEY_BYTES || privateKey?.length === 2 * ED25519_KEY_BYTES) {
    const key = Buffer.concat([PKCS8_PREFIX, privateKey.subarray(0, ED25519_KEY_BYTES)])
    return createPrivateKey({ format: 'der', type: 'pkcs8', key })
  }
  throw new Error('a secret that signs is whsec_, or whsk_ and base64 of an Ed25519 private key')
}

function decode(secret: string, prefix: string): Buffer | undefined {
  const base64 = secret.slice(prefix.length)
  return secret.startsWith(prefix) && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined
}
