import { expect, test } from 'vitest'
import { createOutages, OUTAGE_COMPANIES } from './outages.ts'

const companies = Array.from({ length: OUTAGE_COMPANIES }, (_, index) => `company-${index}`)

test('one company in trouble is in trouble of its own, however often it fails', () => {
  const outages = createOutages(() => 0)
  for (let times = 0; times < 20; times += 1) expect(outages.isOutage('poison')).toBe(false)
})

test('several companies in a row with nobody served between them are an outage, until somebody is served', () => {
  const outages = createOutages(() => 0)
  const [first = '', ...others] = companies
  expect(companies.map((company) => outages.isOutage(company))).toEqual([...others.map(() => false), true])
  expect(outages.isOutage(first)).toBe(true)
  outages.served('acme')
  expect(companies.some((company) => outages.isOutage(company))).toBe(false)
})

test('companies that came into trouble before somebody was served do not make an outage with the next ones', () => {
  const outages = createOutages(() => 0)
  for (const company of companies) outages.isOutage(company)
  outages.served('acme')
  expect([...companies, 'globex'].map((company) => outages.isOutage(company))).not.toContain(true)
})

test('a company that was served itself begins anew', () => {
  const outages = createOutages(() => 0)
  outages.isOutage('acme')
  outages.served('acme')
  expect(['acme', ...companies.slice(1)].map((company) => outages.isOutage(company)).at(-1)).toBe(true)
})

test('remembers no more companies than it needs', () => {
  const outages = createOutages(() => 0)
  outages.isOutage('poison')
  for (let index = 0; index < 1_000; index += 1) outages.isOutage(`other-${index}`)
  outages.served('acme')
  // Forgotten, it is new to trouble and so one of those that make an outage.
  expect(['poison', ...companies.slice(1)].map((company) => outages.isOutage(company)).at(-1)).toBe(true)
})

test('companies that failed long ago, and not since, are no sign of an outage now', () => {
  let now = 0
  const outages = createOutages(() => now)
  const [waiting = '', ...others] = companies
  for (const company of others) outages.isOutage(company)
  expect(outages.isOutage(waiting)).toBe(true)
  now = 599_999
  expect(outages.isOutage(waiting)).toBe(true)
  now = 600_000
  expect(outages.isOutage(waiting)).toBe(false)
  for (const company of others) outages.isOutage(company)
  expect(outages.isOutage(waiting)).toBe(true)
})
