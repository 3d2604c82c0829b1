import { createHmac } from 'node:crypto'
import { createHmacScheme } from './create-hmac-scheme.ts'
import { queryOf } from './query-of.ts'
import type { Scheme, Secret } from './scheme.ts'

/**
 * A type-4 UUID, as LinkedIn documents it, and nothing else: whatever is asked is answered with its HMAC under the secret
 * that signs deliveries, so a question of `hmacsha256={...}` would be answered with the signature of that body.
 */
const CHALLENGE_CODE = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/**
 * LinkedIn (learn.microsoft.com, "Webhooks", under "LinkedIn API"): `X-LI-Signature` is the hex HMAC-SHA256 of
 * `hmacsha256=` and the body; nothing is timed. By GET with `?challengeCode=...`, at first and every two hours, it asks
 * within 3 seconds for the code's hex HMAC-SHA256.
 */
export const linkedinScheme: Scheme = {
  ...createHmacScheme({
    name: 'linkedin',
    header: 'x-li-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: '',
    template: 'hmacsha256={body}',
  }),
  answerChallenge: (target, secrets) => {
    const challengeCode = queryOf(target).get('challengeCode')
    const secret = lastingLongest(secrets)
    if (challengeCode === null || secret === undefined || !CHALLENGE_CODE.test(challengeCode)) return undefined
    return { challengeCode, challengeResponse: createHmac('sha256', secret.key).update(challengeCode).digest('hex') }
  },
}

/** LinkedIn expects one answer: during a rotation that of the new secret, the one that ends last. Of equals the last. */
function lastingLongest(secrets: readonly Secret[]): Secret | undefined {
  const end = ({ notAfter }: Secret) => notAfter ?? Number.POSITIVE_INFINITY
  return secrets.reduce<Secret | undefined>(
    (best, secret) => (best === undefined || end(secret) >= end(best) ? secret : best),
    undefined,
  )
}
