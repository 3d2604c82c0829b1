import { z } from 'zod'
import { createHmacScheme } from './create-hmac-scheme.ts'
import { headerNameSchema } from './header-name.ts'
import { publicUrlSchema } from './public-url.ts'
import type { Scheme } from './scheme.ts'

const hmacFields = z.strictObject({
  type: z.literal('hmac'),
  /** The header with the signature. */
  header: headerNameSchema,
  /** SHA-1 is left out: no provider that begins now should sign with it. */
  algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
  encoding: z.enum(['hex', 'base64', 'base64url']).default('hex'),
  /** Goes before the signature in its header, such as `sha256=`. */
  prefix: z.string().default(''),
  /** What is signed, with {timestamp}, {id}, {body}, {method} and {url}. */
  template: z.string().default('{body}'),
  /** The header of {timestamp}, and its unit. */
  timestampHeader: headerNameSchema.optional(),
  timestampUnit: z.enum(['s', 'ms']).default('s'),
  /** The header of {id}. */
  idHeader: headerNameSchema.optional(),
  /** Goes before path and query in {url}. */
  publicUrl: publicUrlSchema.optional(),
})

/** Any HMAC over one header: for providers that have no scheme of their own here. */
export const hmacSchema = hmacFields.superRefine((config, context) => {
  try {
    hmacScheme(config)
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['template'], message: (error as Error).message })
  }
})

/** @throws Error where the template and the other options do not fit. */
export function hmacScheme(config: z.output<typeof hmacFields>): Scheme {
  const { header, algorithm, encoding, prefix, template, timestampHeader, timestampUnit, idHeader, publicUrl } = config
  return createHmacScheme({
    name: 'hmac',
    header,
    algorithm,
    encoding,
    prefix,
    template,
    timestamp: timestampHeader === undefined ? undefined : { header: timestampHeader, unit: timestampUnit },
    idHeader,
    toUrl: publicUrl === undefined ? undefined : (target) => publicUrl + target,
  })
}
