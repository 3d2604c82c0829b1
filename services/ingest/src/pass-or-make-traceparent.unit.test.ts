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
