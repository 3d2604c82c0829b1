import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, test } from 'vitest'
import { classifyChange } from './classify-change.ts'

/** An event that says nothing but what is given, of a type that says nothing either. */
function event({ person, ...overrides }: EventOverrides): NativeEvent {
  const { newTitle: _builders, ...rest } = nativeEvent().person
  return { ...nativeEvent({ type: 'person.updated', changes: {}, ...overrides }), person: { ...rest, ...person } }
}

const read = (overrides: EventOverrides) => {
  const { type, reason } = classifyChange(event(overrides), 'crm-acme')
  return `${type}: ${reason}`
}
const titles = (oldTitle: string | null, newTitle: string | null) => read({ person: { oldTitle, newTitle } })
const company = (old: unknown, now: unknown) => read({ changes: { company: { old, new: now } } })
const department = (old: unknown, now: unknown) => read({ changes: { department: { old, new: now } } })

describe('two titles at one company', () => {
  test.each([
    ['Sales Manager', 'VP Sales', 'person.promotion: seniority_rose'],
    ['Marketing Manager', 'VP Sales', 'person.promotion: seniority_rose'],
    ['Sales Manager', 'Marketing Manager', 'person.department_change: department_differs'],
    ['VP Sales', 'Marketing Manager', 'person.department_change: department_differs'],
    ['VP Sales', 'Sales Manager', 'person.role_change: seniority_fell'],
    ['Sales Manager, EMEA', 'Sales Manager, Americas', 'person.role_change: title_differs'],
    ['Sales Manager', 'Manager', 'person.role_change: title_differs'],
    ['Manager', 'Sales Manager', 'person.role_change: title_differs'],
    ['Software Engineer', 'Engineering Manager', 'person.promotion: seniority_rose'],
    ['Product Owner', 'Product Manager', 'person.promotion: seniority_rose'],
    ['Product Manager', 'Senior Product Manager', 'person.role_change: title_differs'],
    ['Product Manager', 'Manager, Product', 'person.role_change: title_differs'],
    ['Product Manager', 'Director of Product', 'person.promotion: seniority_rose'],
    ['Account Executive', 'Senior Account Executive', 'person.promotion: seniority_rose'],
    ['Ninja', 'Director', 'person.promotion: seniority_rose'],
    ['VP Sales', 'Chief Revenue Officer', 'person.promotion: seniority_rose'],
    ['Leiter Vertrieb', 'Geschäftsführer', 'person.promotion: seniority_rose'],
    ['Gerente de Ventas', 'Director Comercial', 'person.promotion: seniority_rose'],
    ['Recruiter', 'Software Engineer', 'person.department_change: department_differs'],
    ['COO', 'CEO', 'person.department_change: department_differs'],
    ['VP Engineering', 'SVP Engineering', 'person.role_change: title_differs'],
    ['Interim CFO', 'CFO', 'person.role_change: title_differs'],
    ['CEO', 'Former CEO', 'person.role_change: seniority_fell'],
    ['VP Sales', 'VP Sales & Marketing', 'person.role_change: title_differs'],
    ['Director de Ventas', 'Director of Sales', 'person.role_change: title_differs'],
    ['VP Sales', 'Vice President, Sales', 'none: cosmetic'],
    ['Sr. Dir. of IT', 'Senior Director of Information Technology', 'none: cosmetic'],
    ['VP Sales', 'vp  SALES', 'none: cosmetic'],
    ['CEO', 'CEO 🚀', 'none: cosmetic'],
    ['VP Sales', ' VP Sales ', 'none: no_difference'],
  ])('%j to %j is read as %s', (before, now, expected) => {
    expect(titles(before, now)).toBe(expected)
  })

  test.each([
    ['営業部長', 'VP Sales'],
    ['VP Sales', '営業部長'],
    ['Директор по продажам', 'Sales Director'],
    ['مدير المبيعات', 'Sales Manager'],
    ['Sales Manager', 'CEO 助理'],
    ['Sales 部長', 'CRO'],
    ['CRO', '法務 Manager'],
    ['-', 'VP Sales'],
    ['🚀', 'CEO'],
    ['N/A', 'VP Sales'],
    ['unknown', 'Director of Sales'],
    ['VP Sales', 'N/A'],
  ])('%j to %j is another title and no more, since one of them cannot be read', (before, now) => {
    expect(titles(before, now)).toBe('person.role_change: title_differs')
  })

  test('titles of other scripts are one only if they are spelled alike, whatever marks they differ in', () => {
    expect(titles('Директор', ' директор')).toBe('none: cosmetic')
    expect(titles('バス 部長', 'ハス 部長')).toBe('person.role_change: title_differs')
  })

  test('a new title counts as a change where the old one is not told', () => {
    expect(titles(null, 'VP Sales')).toBe('person.role_change: title_before_unknown')
    expect(titles('  ', 'VP Sales')).toBe('person.role_change: title_before_unknown')
  })

  test('a title that is only taken away changes nothing that a group shows', () => {
    expect(titles('VP Sales', null)).toBe('none: no_difference')
  })

  test('may stand in changes as well, where the person tells none', () => {
    const changes = { title: { old: 'Sales Manager', new: 'VP Sales' } }
    expect(read({ changes })).toBe('person.promotion: seniority_rose')
    expect(read({ changes, person: { newTitle: 'Sales Manager' } })).toBe('none: no_difference')
    expect(read({ changes, person: { oldTitle: 'VP Sales' } })).toBe('none: no_difference')
  })
})

describe('companies', () => {
  test.each([
    ['a move between two identified companies', { id: 'acme' }, { id: 'beta' }],
    ['a move told by the new company', { id: 'beta', name: 'Acme Inc' }, { id: 'acme', name: 'Acme Inc' }],
    ['a departure', 'Acme Inc', null],
    ['a departure from one that is not told', undefined, null],
    ['a move between two of one name', { id: 'beta', name: 'Acme Inc' }, 'Acme Inc'],
    ['a departure to a company that has only a name', 'Acme Inc', 'Beta'],
    ['a beginning from a company that has only a name', 'Beta', 'Acme Inc'],
    ['a beginning from none', null, 'Acme Inc'],
    ['a beginning from one that is not told', undefined, { id: 'acme' }],
    ['a beginning from an empty name', ' ', { id: 'acme' }],
  ])('%s is a company change', (_, old, now) => {
    expect(company(old, now)).toBe('person.company_change: company_differs')
  })

  test('the same company on both sides is none', () => {
    expect(company('Acme Inc', ' ACME  inc')).toBe('none: no_difference')
    expect(company({ id: 'acme', name: 'Acme' }, { id: 'acme', name: 'Acme Inc' })).toBe('none: no_difference')
    expect(company(undefined, undefined)).toBe('none: no_difference')
  })

  test('another company goes before a higher title', () => {
    const move = { company: { old: { id: 'acme' }, new: { id: 'beta' } } }
    const person = { oldTitle: 'Sales Manager', newTitle: 'VP Sales' }
    expect(read({ changes: move, person })).toBe('person.company_change: company_differs')
  })
})

describe('departments', () => {
  test('another one by name is a department change, one that is spelled otherwise is none', () => {
    expect(department('Sales', 'Marketing')).toBe('person.department_change: department_differs')
    expect(department('Sales EMEA', 'Sales Americas')).toBe('person.department_change: department_differs')
    expect(department('Sales', ' sales ')).toBe('none: no_difference')
    expect(department('HR', 'Human Resources')).toBe('none: no_difference')
    expect(department('Sales & Marketing', 'Sales and Marketing')).toBe('none: no_difference')
  })

  test('a new one counts as a change where the old one is not told', () => {
    expect(department(null, 'Sales')).toBe('person.department_change: department_before_unknown')
    expect(read({ person: { department: 'Sales' } })).toBe('person.department_change: department_before_unknown')
  })

  test('what the names say goes before what titles let guess', () => {
    const changes = { department: { old: 'Growth', new: 'Growth' } }
    const person = { oldTitle: 'Sales Manager', newTitle: 'Marketing Manager' }
    expect(read({ changes, person })).toBe('person.role_change: title_differs')
  })

  test('one that stands beside two titles only says where the person is', () => {
    const person = { oldTitle: 'VP Sales', newTitle: 'Vice President, Sales', department: 'Sales' }
    expect(read({ person })).toBe('none: cosmetic')
  })

  test('a cosmetic title does not hide another department', () => {
    const person = { oldTitle: 'VP Sales', newTitle: 'Vice President, Sales' }
    const changes = { department: { old: 'Sales EMEA', new: 'Sales Americas' } }
    expect(read({ person, changes })).toBe('person.department_change: department_differs')
  })
})

describe('a department that only the person tells, beside an old one', () => {
  const moved = (oldTitle: string | null, newTitle: string | null, now: string) =>
    read({ person: { oldTitle, newTitle, department: now }, changes: { department: { old: 'Sales' } } })

  test('is another one, whatever the titles say', () => {
    expect(moved('VP Sales', 'Vice President, Sales', 'Legal')).toBe('person.department_change: department_differs')
    expect(moved('VP Sales', 'VP Sales', 'Legal')).toBe('person.department_change: department_differs')
    expect(moved(null, null, 'Legal')).toBe('person.department_change: department_differs')
  })

  test('or the same', () => {
    expect(moved('VP Sales', 'Vice President, Sales', 'sales')).toBe('none: cosmetic')
    expect(moved(null, null, ' Sales')).toBe('none: no_difference')
  })
})

test('an event that tells neither title nor company nor department has changed none', () => {
  expect(read({ changes: { email: { old: 'a@b.test', new: 'c@d.test' } } })).toBe('none: no_difference')
})

test('the type that the provider gave is not looked at', () => {
  expect(read({ type: 'person.company_change', person: { oldTitle: 'Sales Manager', newTitle: 'VP Sales' } })).toBe(
    'person.promotion: seniority_rose',
  )
})
