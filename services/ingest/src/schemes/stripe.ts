import { createHmac, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { equalInConstantTime } from './equal-in-constant-time.ts'
import { headerNameSchema } from './header-name.ts'
import { oneHeader, type Scheme } from './scheme.ts'
import { textKey } from './text-key.ts'
import { explainTimestamp, isFreshTimestamp, toTimestamp } from './timestamp.ts'

export const stripeSchema = z.strictObject({
  type: z.literal('stripe'),
  /** Others that sign in this style name the header after themselves. */
  header: headerNameSchema.default('stripe-signature'),
})

/**
 * Stripe (docs.stripe.com, "Verify webhook signatures manually") and those that follow it: one header,
 * `t=<seconds>,v1=<hex>`, with the hex HMAC-SHA256 of `t.body`. During a rotation it has several `v1`; other kinds
 * (`v0`) are passed over, so that nobody can ask for a weaker one.
 */
export function stripeScheme({ header }: z.output<typeof stripeSchema>): Scheme {
  return {
    name: 'stripe',
    help: {
      missing_signature: `Send the header ${header} with t= and v1=.`,
      stale_timestamp: explainTimestamp(`t in ${header}`, 's'),
      invalid_signature: `v1 in ${header} must be the lower-case hex HMAC-SHA256 of t, a dot and the raw body.`,
    },
    toKey: textKey,
    verify: ({ headers, body }, active, now) => {
      const { times, signatures } = parseHeader(oneHeader(headers[header]) ?? '')
      const [time] = times
      if (time === undefined || signatures.length === 0) return { ok: false, code: 'missing_signature' }
      if (times.length > 1 || !isFreshTimestamp(time, 's', now)) return { ok: false, code: 'stale_timestamp' }
      const secrets = active.filter(({ key }) => {
        const computed = signatureOf(key, time, body)
        return signatures.some((signature) => equalInConstantTime(signature, computed))
      })
      return secrets.length > 0 ? { ok: true, secrets } : { ok: false, code: 'invalid_signature' }
    },
    sign: ({ url, body }, secret, now) => {
      const time = toTimestamp(now, 's')
      return { url, headers: { [header]: `t=${time},v1=${signatureOf(textKey(secret), time, body)}` } }
    },
  }
}

function signatureOf(key: KeyObject, time: string, body: Buffer): string {
  return createHmac('sha256', key).update(`${time}.`).update(body).digest('hex')
}

function parseHeader(text: string) {
  // Trimmed, since a header that came twice is joined by a comma and a space: then it has two times.
  const items = text.split(',').map((item) => item.trim())
  const valuesOf = (key: string) => items.filter((item) => item.startsWith(key)).map((item) => item.slice(key.length))
  return { times: valuesOf('t='), signatures: valuesOf('v1=') }
}
