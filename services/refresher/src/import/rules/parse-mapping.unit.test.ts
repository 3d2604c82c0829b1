import { expect, test } from 'vitest'
import { checkMapping, parseMapping } from './parse-mapping.ts'

test('reads pairs, with spaces and equals signs in the column', () => {
  expect(parseMapping('companyId=Account ID, title = Role = now')).toEqual({
    companyId: 'Account ID',
    title: 'Role = now',
  })
})

test.each([
  ['company=X', 'no field "company": the fields are companyId, personId'],
  ['companyId=', 'names no column for companyId'],
  ['companyId', 'names no column for companyId'],
  ['toString=X', 'no field "toString"'],
])('refuses %s', (text, message) => {
  expect(() => parseMapping(text)).toThrow(message)
})

test.each([[null], [[]], ['text']])('refuses %j as a mapping file', (value) => {
  expect(() => checkMapping(value)).toThrow('an object')
})
