import { z } from 'zod'

/**
 * Where the provider sends to, up to what ingest sees of the path: the origin, and what a proxy takes off the path. It
 * cannot be read off the request, since a proxy stands before ingest and `Host` is whatever a sender writes.
 */
export const publicUrlSchema = z
  .url({ protocol: /^https?$/, error: 'expected the public URL of ingest, such as https://hooks.example.com' })
  .refine((url) => !/[?#]/.test(url), 'the public URL has no query and no fragment')
  .transform((url) => url.replace(/\/$/, ''))
