import { expect, test } from 'vitest'
import { createOutages, OUTAGE_COMPANIES } from './outages.ts'

const companies = Array.from({ length: OUTAGE_COMPANIES }, (_, index) => `company-${index}`)

test('one company in trouble is in trouble of its own, however often it fails', () => {
  const outages = createOutages()
  for (let times = 0; times < 20; times += 1) expect(outages.isOutage('poison')).toBe(false)
})

test('several companies in a row with nobody served between them are an outage, until somebody is served', () => {
  const outages = createOutages()
  const [first = '', ...others] = companies
  expect(companies.map((company) => outages.isOutage(company))).toEqual([...others.map(() => false), true])
  expect(outages.isOutage(first)).toBe(true)
  outages.served('acme')
  expect(companies.some((company) => outages.isOutage(company))).toBe(false)
})

test('companies that came into trouble before somebody was served do not make an outage with the next ones', () => {
  const outages = createOutages()
  for (const company of companies) outages.isOutage(company)
  outages.served('acme')
  expect([...companies, 'globex'].map((company) => outages.isOutage(company))).not.toContain(true)
})

test('a company that was served itself begins anew', () => {
  const outages = createOutages()
  outages.isOutage('acme')
  outages.served('acme')
  expect(['acme', ...companies.slice(1)].map((company) => outages.isOutage(company)).at(-1)).toBe(true)
})

test('remembers no more companies than it needs', () => {
  const outages = createOutages()
  outages.isOutage('poison')
  for (let index = 0; index < 1_000; index += 1) outages.isOutage(`other-${index}`)
  outages.served('acme')
  // Forgotten, it is new to trouble and so one of those that make an outage.
  expect(['poison', ...companies.slice(1)].map((company) => outages.isOutage(company)).at(-1)).toBe(true)
})
