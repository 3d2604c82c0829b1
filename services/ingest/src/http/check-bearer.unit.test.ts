import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCheckBearer } from './check-bearer.ts'

const check = createCheckBearer('the-token-of-the-api')

describe('the bearer token', () => {
  test.each(['Bearer the-token-of-the-api', 'bearer the-token-of-the-api'])('%j gets in', (authorization) => {
    expect(check(authorization)).toBeUndefined()
  })

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Bearer the-token-of-the-api2',
    'Bearer the-token-of-the-api x',
    'Basic the-token-of-the-api',
    'the-token-of-the-api',
  ])('%j is 401 with a challenge', (authorization) => {
    const refusal = check(authorization)
    expect(refusal?.status).toBe(401)
    expect(refusal?.headers['www-authenticate']).toMatch(/^Bearer/)
  })

  test('is the only text that gets in, however like it another one is', () => {
    const piece = fc.constantFrom('Bearer', 'bearer', ' ', '\t', ',', '"', 'the-token-of-the-api', 'the-token', '=', '')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (authorization) => {
          const isRight = /^bearer +the-token-of-the-api *$/i.test(authorization)
          expect(check(authorization)?.status).toBe(isRight ? undefined : 401)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('is 403 for everyone where none is configured', () => {
    const refuseAll = createCheckBearer(undefined)
    expect(refuseAll('Bearer undefined')?.status).toBe(403)
    expect(refuseAll(undefined)?.status).toBe(403)
  })
})
