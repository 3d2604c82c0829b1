import { z } from 'zod'

/** The name of an HTTP header (RFC 9110, "token"), in lower case as Node gives it. */
export const headerNameSchema = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, 'expected the name of a header')
  .toLowerCase()
