import { expect, test } from 'vitest'
import { createScheme, schemeConfigSchema } from '../schemes/create-scheme.ts'
import { generateSecret } from './generate-secret.ts'

const configs = [
  { type: 'native' },
  { type: 'standard-webhooks' },
  { type: 'github' },
  { type: 'hmac', header: 'x-acme-signature' },
  { type: 'header-secret', header: 'x-acme-key' },
  { type: 'path-secret' },
].map((config) => schemeConfigSchema.parse(config))

test.each(configs)('a generated secret is one of the scheme $type, and each is another', (config) => {
  const secret = generateSecret(config) ?? ''
  expect(() => createScheme(config).toKey(secret)).not.toThrow()
  expect(generateSecret(config)).not.toBe(secret)
})

test.each(['lusha', 'hubspot', 'linkedin', 'stripe'] as const)('the provider makes the secrets of %s', (type) => {
  expect(generateSecret({ type })).toBeUndefined()
})
