import fc from 'fast-check'
import { expect, test } from 'vitest'
import { passOrMakeTraceparent } from './pass-or-make-traceparent.ts'

const VALID = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('a valid traceparent is passed on', () => {
  expect(passOrMakeTraceparent(VALID)).toBe(VALID)
})

test.each([
  undefined,
  '',
  'nonsense',
  VALID.toUpperCase(),
  `${VALID}, ${VALID}`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
])('a new one is made of %j', (header) => {
  const made = passOrMakeTraceparent(header)
  expect(made).not.toBe(header)
  expect(passOrMakeTraceparent(made)).toBe(made)
})

test('whatever comes, what goes on is trace context: 32 and 16 hex digits, neither all zeros', () => {
  const near = fc.stringMatching(/^[0f]{2}-[0-9a-gA-F]{31,33}-[0-9a-g]{15,17}-[0-9]{1,2}[-,\n ]?$/)
  fc.assert(
    fc.property(fc.oneof(near, fc.string()), (header) => {
      const passed = passOrMakeTraceparent(header)
      expect(passed).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
      expect(passed).not.toMatch(/-0+-/)
    }),
    { numRuns: 1_000 },
  )
})
