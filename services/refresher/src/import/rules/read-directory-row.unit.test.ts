import { expect, test } from 'vitest'
import { chooseColumns } from './choose-columns.ts'
import { readDirectoryRow } from './read-directory-row.ts'

const good = { companyId: 'acme', personId: 'p1', name: 'Pat', title: 'CTO', email: 'pat@x.io', department: 'IT' }
const read = (record: Record<string, unknown>, prefix = '') =>
  readDirectoryRow(record, chooseColumns(Object.keys(record), {}), prefix)

test('reads a row, takes spaces away and ids that are numbers as text', () => {
  expect(read({ ...good, personId: 17, title: ' CTO ', rank: 3 })).toEqual({
    ok: true,
    row: { ...good, personId: '17' },
  })
})

test('a blank value is none: an address and a department may be missing', () => {
  expect(read({ ...good, email: ' ', department: null })).toEqual({
    ok: true,
    row: { ...good, email: null, department: null },
  })
})

test('joins first and last name where there is no whole one', () => {
  const { name: _name, ...rest } = good
  expect(read({ ...rest, firstName: 'Pat', lastName: 'Lee' })).toMatchObject({ row: { name: 'Pat Lee' } })
  expect(read({ ...rest, firstName: '', lastName: 'Lee' })).toMatchObject({ row: { name: 'Lee' } })
})

test('puts the prefix before the company alone', () => {
  expect(read(good, 'crm-')).toMatchObject({ row: { companyId: 'crm-acme', personId: 'p1' } })
})

test.each([
  ['no person id', { personId: '' }, 'personId is missing', 'acme'],
  ['no title', { title: null }, 'title is missing', 'acme'],
  ['no name', { name: ' ' }, 'name is missing', 'acme'],
  ['no company', { companyId: undefined }, 'companyId is missing', null],
  ['several things', { personId: null, title: null }, 'personId is missing; title is missing', 'acme'],
  ['a title that is no text', { title: { text: 'CTO' } }, 'title is no text', 'acme'],
  ['an id with a control character', { personId: 'a\u0000b' }, 'personId holds control characters', 'acme'],
  ['an id that is too long', { personId: 'x'.repeat(257) }, 'personId is longer than 256 characters', 'acme'],
  ['bytes in another encoding', { name: 'Ren\uFFFD' }, 'name holds bytes that are no UTF-8', 'acme'],
])('refuses %s and says so', (_what, change, reason, companyId) => {
  expect(read({ ...good, ...change })).toEqual({ ok: false, reason, companyId })
})
