import { z } from 'zod'
import { createHmacScheme } from './create-hmac-scheme.ts'
import { publicUrlSchema } from './public-url.ts'
import type { Scheme } from './scheme.ts'

export const hubspotSchema = z.strictObject({ type: z.literal('hubspot'), publicUrl: publicUrlSchema })

/**
 * HubSpot, version 3 (developers.hubspot.com, "Validate the v3 request signature"): `X-HubSpot-Signature-v3` is the base64
 * HMAC-SHA256 of method, URI, body and timestamp; `X-HubSpot-Request-Timestamp` is in milliseconds, at most 5 minutes old.
 */
export function hubspotScheme({ publicUrl }: z.output<typeof hubspotSchema>): Scheme {
  return createHmacScheme({
    name: 'hubspot',
    header: 'x-hubspot-signature-v3',
    algorithm: 'sha256',
    encoding: 'base64',
    prefix: '',
    template: '{method}{url}{body}{timestamp}',
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms' },
    toUrl: (target) => (publicUrl + target).replace(DECODED, decodeURIComponent),
  })
}

/** What HubSpot decodes in the URI before it signs: its whole list, all of them ASCII. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi
