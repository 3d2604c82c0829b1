import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { expect, test } from 'vitest'
import { unmetEntries } from './unmet-entries.ts'

const SEEN = [
  { type: 'person.updated', source: 'coresignal' },
  { type: 'person.title_update', source: 'crm' },
]

const unmet = (file: object) => unmetEntries(significancePolicySchema.parse(file), SEEN)

test('types and sources that no event has are named with their places', () => {
  const untrusted = [
    { types: ['person.update', 'person.updated'] },
    { sources: ['CoreSignal', 'crm'] },
    { types: ['person.title*', 'person.updated'], sources: ['crm', 'coresignal', 'feed'] },
  ]
  expect(unmet({ untrusted })).toEqual([
    'untrusted.0.types person.update',
    'untrusted.1.sources CoreSignal',
    'untrusted.2.sources feed',
  ])
  expect(unmet({ significantTypes: ['person.email_change'] })).toEqual(['significantTypes person.email_change'])
})

test('a rule of types and sources is met by events that have both', () => {
  expect(unmet({ untrusted: [{ types: ['person.updated'], sources: ['crm'] }] })).toEqual([
    'untrusted.0.types person.updated',
    'untrusted.0.sources crm',
  ])
})

test('the contract’s four types may be met by none', () => {
  expect(unmet({})).toEqual([])
})
