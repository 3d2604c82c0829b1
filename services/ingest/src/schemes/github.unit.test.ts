import { describe, expect, test } from 'vitest'
import { verifyPosted } from '../test-kit/verify-posted.ts'
import { githubScheme } from './github.ts'

const verify = (signature: string) =>
  verifyPosted(githubScheme, {
    headers: { 'x-hub-signature-256': signature, 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' },
    body: 'Hello, World!',
    secrets: "It's a Secret to Everybody",
    now: 0,
  })

// docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation"
const PUBLISHED = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'

describe('the GitHub scheme', () => {
  test('matches the vector that GitHub publishes, and takes the unsigned delivery id for none', () => {
    expect(verify(`sha256=${PUBLISHED}`)).toEqual({ ok: true, secrets: [0] })
  })

  test.each([PUBLISHED, `sha1=${PUBLISHED}`, `SHA256=${PUBLISHED}`, `sha256=${PUBLISHED.toUpperCase()}`])(
    'refuses %s',
    (signature) => {
      expect(verify(signature)).toEqual({ ok: false, code: 'invalid_signature' })
    },
  )
})
