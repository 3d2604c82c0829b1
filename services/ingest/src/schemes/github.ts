import { createHmacScheme } from './create-hmac-scheme.ts'

/**
 * GitHub (docs.github.com, "Validating webhook deliveries"): `X-Hub-Signature-256` is `sha256=` and the hex HMAC-SHA256 of
 * the body. `X-GitHub-Delivery` is not signed, so it is no id.
 */
export const githubScheme = createHmacScheme({
  name: 'github',
  header: 'x-hub-signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  template: '{body}',
})
