import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, test } from 'vitest'
import { detectSignificantChange } from './detect-significant-change.ts'

const significant = new Set(['person.promotion', 'person.company_change'])
const companies = (event: ReturnType<typeof nativeEvent>, companyId: string) =>
  detectSignificantChange(event, companyId, significant).map((placement) => placement.companyId)

test('a change of a significant type concerns the company as ingest named it', () => {
  expect(companies(nativeEvent(), 'crm-acme')).toEqual(['crm-acme'])
})

test('a move concerns both companies, each with the prefix of its source', () => {
  const company = { old: { id: 'acme' }, new: { id: 'beta' } }
  expect(companies(nativeEvent({ type: 'person.company_change', changes: { company } }), 'crm-acme')).toEqual([
    'crm-acme',
    'crm-beta',
  ])
})

test('a change of another type concerns none', () => {
  expect(companies(nativeEvent({ type: 'person.email_change' }), 'acme')).toEqual([])
})
