import { describe, expect, test } from 'vitest'
import { change, thinChange } from '../test-kit/messages.ts'
import { policyOf } from '../test-kit/test-detector.ts'
import { toChangeItem } from './change-item.ts'

const policy = policyOf({ significantTypes: ['person.company_change', 'person.promotion'] })()

function itemOf({ value }: ReturnType<typeof change>, whereabouts: Readonly<Record<string, readonly string[]>> = {}) {
  if (value.kind !== 'change') throw new Error('no change')
  const { message, placements, classification } = toChangeItem(0, value, policy, new Map(Object.entries(whereabouts)))
  const companies = placements.map(({ companyId }) => companyId)
  return { companyId: message.change.companyId, companies, reason: classification?.reason }
}

describe('the companies of a change', () => {
  test('are its own where it names one, wherever its person stands', () => {
    expect(itemOf(change(), { 'test:p1': ['beta'] })).toEqual({
      companyId: 'acme',
      companies: ['acme'],
      reason: undefined,
    })
  })

  test('are those where its person stands where it names none, and its own is the only one', () => {
    const thin = thinChange('p1', { newTitle: 'CEO' })
    const places = (...companyIds: string[]) => itemOf(thin, { 'test:p1': companyIds })
    expect(places('acme')).toEqual({ companyId: 'acme', companies: ['acme'], reason: undefined })
    expect(places('acme', 'beta')).toEqual({ companyId: '', companies: ['acme', 'beta'], reason: undefined })
  })

  test('are none where nobody knows its person, and where its type is not significant', () => {
    expect(itemOf(thinChange('p2'))).toEqual({ companyId: '', companies: [], reason: 'person_unknown' })
    const trifle = thinChange('p1', { type: 'person.profile_update' })
    expect(itemOf(trifle, { 'test:p1': ['acme'] })).toEqual({ companyId: 'acme', companies: [], reason: undefined })
  })
})
