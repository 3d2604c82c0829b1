import { bearerKey, checkBearer } from './bearer-secret.ts'
import type { Scheme } from './scheme.ts'
import { NO_TIMESTAMP } from './timestamp.ts'

/** What a path holds without escaping (RFC 3986, "unreserved"), so that a secret has one form. */
const UNRESERVED = /^[\w.~-]+$/

const toKey = (secret: string) => bearerKey(secret, UNRESERVED, 'letters, digits and - . _ ~')

/**
 * For providers that sign nothing and send to whatever URL they are given: the secret is the last part of the path, behind
 * the source's name. Neither body nor time is protected: it needs TLS, and whoever logs addresses keeps the secret.
 */
export const pathSecretScheme: Scheme = {
  name: 'path-secret',
  help: {
    missing_signature: "The path ends with the secret of this source, behind the source's name.",
    stale_timestamp: NO_TIMESTAMP,
    invalid_signature: 'The last part of the path must be the secret of this source.',
  },
  toKey,
  takesSecretFromPath: true,
  verify: ({ target }, active) => checkBearer(lastPart(target), active),
  sign: ({ url }, secret) => {
    toKey(secret)
    const signed = new URL(url)
    signed.pathname = `${url.pathname}/${secret}`
    return { url: signed, headers: {} }
  },
}

function lastPart(target: string): string {
  const [path = ''] = target.split('?', 1)
  return path.slice(path.lastIndexOf('/') + 1)
}
