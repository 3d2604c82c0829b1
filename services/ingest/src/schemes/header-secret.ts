import { z } from 'zod'
import { bearerKey, checkBearer } from './bearer-secret.ts'
import { headerNameSchema } from './header-name.ts'
import { oneHeader, type Scheme } from './scheme.ts'
import { NO_TIMESTAMP } from './timestamp.ts'

export const headerSecretSchema = z.strictObject({ type: z.literal('header-secret'), header: headerNameSchema })

/** What a header may hold (RFC 9110, "field-content") without a comma, which joins headers that came twice. */
const HEADER_TEXT = /^[!-+\x2d-~]+(?: [!-+\x2d-~]+)*$/

/**
 * For providers that sign nothing and send a header that the receiver chooses: the secret is the header's whole value
 * (`Bearer ...` with it). Neither body nor time is protected: it needs TLS, and a copy of a request is as good as it.
 */
export function headerSecretScheme({ header }: z.output<typeof headerSecretSchema>): Scheme {
  const toKey = (secret: string) => bearerKey(secret, HEADER_TEXT, 'visible ASCII without commas')
  return {
    name: 'header-secret',
    help: {
      missing_signature: `Send the header ${header}.`,
      stale_timestamp: NO_TIMESTAMP,
      invalid_signature: `${header} must be the secret of this source.`,
    },
    toKey,
    verify: ({ headers }, active) => checkBearer(oneHeader(headers[header]), active),
    sign: ({ url }, secret) => {
      toKey(secret)
      return { url, headers: { [header]: secret } }
    },
  }
}
