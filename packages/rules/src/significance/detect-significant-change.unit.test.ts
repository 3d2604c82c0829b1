import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from './compile-policy.ts'
import { detectSignificantChange } from './detect-significant-change.ts'
import { significancePolicySchema } from './significance-policy.ts'

const detect = (event: ReportedEvent, policy: object, companyId = 'crm-acme') => {
  const { placements, classification } = detectSignificantChange(
    event,
    companyId,
    compilePolicy(significancePolicySchema.parse(policy)),
  )
  return { companies: placements.map((placement) => placement.companyId), classification }
}
const retitled = (oldTitle: string, newTitle: string, type: string) =>
  nativeEvent({ type, changes: {}, person: { oldTitle, newTitle } })
const cosmetic = (type: string) => retitled('VP Sales', 'Vice President, Sales', type)
const move = { company: { old: { id: 'acme' }, new: { id: 'beta' } } }

describe('under the policy of the contract', () => {
  test('a change of a significant type concerns the company as ingest named it', () => {
    expect(detect(nativeEvent(), {})).toEqual({ companies: ['crm-acme'], classification: undefined })
  })

  test('a move concerns both companies, each with the prefix of its source', () => {
    const event = nativeEvent({ type: 'person.company_change', changes: move })
    expect(detect(event, {}).companies).toEqual(['crm-acme', 'crm-beta'])
  })

  test('a change of another type concerns none, whatever its titles say', () => {
    const event = retitled('Sales Manager', 'VP Sales', 'person.updated')
    expect(detect(event, {})).toEqual({ companies: [], classification: undefined })
  })

  test('a cosmetic change of a significant type concerns its company', () => {
    expect(detect(cosmetic('person.promotion'), {}).companies).toEqual(['crm-acme'])
  })
})

describe('an event whose type is not trusted', () => {
  const untrusted = [{ types: ['person.updated'] }, { sources: ['loose'] }]

  test('goes by what its titles say', () => {
    expect(detect(retitled('Sales Manager', 'VP Sales', 'person.updated'), { untrusted })).toEqual({
      companies: ['crm-acme'],
      classification: { type: 'person.promotion', reason: 'seniority_rose' },
    })
  })

  test('is insignificant where nothing differs, whatever type a source claims', () => {
    const event = { ...retitled('VP Sales', 'VP Sales', 'person.promotion'), source: 'loose' }
    expect(detect(event, { untrusted })).toEqual({
      companies: [],
      classification: { type: 'none', reason: 'no_difference' },
    })
  })

  test('is insignificant where the policy does not ask for the type that it gets', () => {
    const policy = { untrusted, significantTypes: ['person.company_change'] }
    const event = retitled('Sales Manager', 'VP Sales', 'person.updated')
    expect(detect(event, policy)).toMatchObject({ companies: [], classification: { type: 'person.promotion' } })
  })

  test('concerns both companies of a move', () => {
    const event = nativeEvent({ type: 'person.updated', changes: move })
    expect(detect(event, { untrusted })).toMatchObject({
      companies: ['crm-acme', 'crm-beta'],
      classification: { type: 'person.company_change' },
    })
  })
})

describe('an event that names no company, of a type that is not trusted', () => {
  const thin = (type: string, person = {}): ReportedEvent => {
    return { ...nativeEvent({ type, source: 'loose', changes: {} }), person: { id: 'p1', ...person }, company: null }
  }
  const policy = { untrusted: [{ sources: ['loose'] }] }

  test('has nothing but its type to go by where it tells neither title nor department', () => {
    expect(detect(thin('person.role_change'), policy)).toEqual({ companies: ['crm-acme'], classification: undefined })
    expect(detect(thin('person.profile_update'), policy)).toEqual({ companies: [], classification: undefined })
  })

  test('goes by its title where it tells one', () => {
    expect(detect(thin('person.profile_update', { newTitle: 'CFO' }), policy)).toMatchObject({
      companies: ['crm-acme'],
      classification: { type: 'person.role_change', reason: 'title_before_unknown' },
    })
  })
})

describe('where cosmetic changes are ignored', () => {
  const policy = { ignoreCosmetic: true }

  test.each(['person.promotion', 'person.role_change'])(
    'a %s that spells one title otherwise concerns none',
    (type) => {
      expect(detect(cosmetic(type), policy)).toEqual({
        companies: [],
        classification: { type: 'none', reason: 'cosmetic' },
      })
    },
  )

  test.each(['person.company_change', 'person.department_change'])(
    'a %s says more than its titles and counts',
    (type) => {
      expect(detect(cosmetic(type), policy)).toEqual({ companies: ['crm-acme'], classification: undefined })
    },
  )

  test('a promotion to another title keeps its own type', () => {
    expect(detect(nativeEvent(), policy)).toEqual({ companies: ['crm-acme'], classification: undefined })
  })

  test('a promotion within one title is the word of its provider and counts', () => {
    expect(detect(retitled('Analyst', 'Analyst', 'person.promotion'), policy).companies).toEqual(['crm-acme'])
  })
})
