import { createHmacScheme } from './create-hmac-scheme.ts'
import { queryOf } from './query-of.ts'
import type { Scheme } from './scheme.ts'

/** What Lusha may ask with: its documentation gives no form, so whatever needs no escaping anywhere. */
const CHALLENGE = /^[\w.~+/=-]{1,256}$/

/**
 * Lusha (docs.lusha.com, "Verify Lusha webhook signatures"): `X-Lusha-Signature` is the hex HMAC-SHA256 of
 * `timestamp.body`. `X-Lusha-Timestamp` is documented as a "Unix timestamp" without its unit, so both are taken. Before a
 * subscription it asks by GET with `?challenge=...` for `{"challenge": ...}`.
 */
export const lushaScheme: Scheme = {
  ...createHmacScheme({
    name: 'lusha',
    header: 'x-lusha-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: '',
    template: '{timestamp}.{body}',
    timestamp: { header: 'x-lusha-timestamp', unit: 'either' },
  }),
  answerChallenge: (target) => {
    const challenge = queryOf(target).get('challenge')
    return challenge !== null && CHALLENGE.test(challenge) ? { challenge } : undefined
  },
}
