import { z } from 'zod'
import { githubScheme } from './github.ts'
import { headerSecretSchema, headerSecretScheme } from './header-secret.ts'
import { hmacSchema, hmacScheme } from './hmac.ts'
import { hubspotSchema, hubspotScheme } from './hubspot.ts'
import { linkedinScheme } from './linkedin.ts'
import { lushaScheme } from './lusha.ts'
import { nativeScheme } from './native.ts'
import { pathSecretScheme } from './path-secret.ts'
import type { Scheme } from './scheme.ts'
import { standardWebhooksScheme } from './standard-webhooks.ts'
import { stripeSchema, stripeScheme } from './stripe.ts'

const withoutOptions = <Type extends string>(type: Type) => z.strictObject({ type: z.literal(type) })

/** A scheme as `sources.json` names it, with the options of its kind. */
export const schemeConfigSchema = z.discriminatedUnion('type', [
  withoutOptions('native'),
  withoutOptions('standard-webhooks'),
  withoutOptions('lusha'),
  hubspotSchema,
  withoutOptions('linkedin'),
  withoutOptions('github'),
  stripeSchema,
  hmacSchema,
  headerSecretSchema,
  withoutOptions('path-secret'),
])

export type SchemeConfig = z.output<typeof schemeConfigSchema>

/** The scheme of a configuration. */
export function createScheme(config: SchemeConfig): Scheme {
  switch (config.type) {
    case 'native':
      return nativeScheme
    case 'standard-webhooks':
      return standardWebhooksScheme
    case 'lusha':
      return lushaScheme
    case 'hubspot':
      return hubspotScheme(config)
    case 'linkedin':
      return linkedinScheme
    case 'github':
      return githubScheme
    case 'stripe':
      return stripeScheme(config)
    case 'hmac':
      return hmacScheme(config)
    case 'header-secret':
      return headerSecretScheme(config)
    case 'path-secret':
      return pathSecretScheme
  }
}
