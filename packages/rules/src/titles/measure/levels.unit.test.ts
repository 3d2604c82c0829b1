import { expect, test } from 'vitest'
import { readTitle } from '../read-title.ts'
import { LABELLINGS } from './levels.ts'

test.each([
  ['CEO, President and CFO', 'C-Suite', 'C-Suite'],
  ['President and CEO', 'Director', 'C-Suite'],
  ['President & Founder', 'C-Suite', 'C-Suite'],
  ['Chairman and Managing Director', 'C-Suite', 'C-Suite'],
  ['Managing Director and Chairman', 'Director', 'C-Suite'],
  ['Brand Management', 'Manager', 'Other'],
  ['Management Intelligence Lab', 'Other', 'Other'],
  ['Executive Forum Member', 'C-Suite', 'Other'],
  ['Council Member', 'Other', 'Other'],
  ['COO & SVP', 'VP', 'C-Suite'],
  ['VP Sales, Board Member', 'VP', 'C-Suite'],
  ['EVP, CFO', 'C-Suite', 'C-Suite'],
  ['EVP, Board Member', 'VP', 'C-Suite'],
  ['Account Manager, Advisory Board', 'Manager', 'Manager'],
  ['Owner, Board Member', 'C-Suite', 'C-Suite'],
  ['VP & Co-Founder', 'C-Suite', 'C-Suite'],
  ['Deputy Chairman', 'C-Suite', 'VP'],
  ['Vice Chairman', 'C-Suite', 'VP'],
  ['Founding Chairman', 'Other', 'C-Suite'],
  ['AVP', 'Other', 'VP'],
  ['Assistant Vice President', 'VP', 'VP'],
  ['Chief Regulatory Counsel', 'Other', 'Director'],
  ['past-CEO', 'C-Suite', 'Other'],
  ['Product Manager', 'Manager', 'Manager'],
  ['Tech Lead', 'Manager', 'Other'],
])('%s is %s by the words of the published set and %s by meaning', (title, byWord, byMeaning) => {
  const reading = readTitle(title)
  expect(LABELLINGS.five.labelOf(reading)).toBe(byWord)
  expect(LABELLINGS['five-plain'].labelOf(reading)).toBe(byMeaning)
})
