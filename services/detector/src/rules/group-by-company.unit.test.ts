import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, test } from 'vitest'
import { changeItem } from '../test-kit/change-item.ts'
import { fromRequest, groupByCompany } from './group-by-company.ts'

const open = (overrides: EventOverrides = {}, waitingFor?: string[]) => {
  const item = changeItem(nativeEvent(overrides))
  return { item, waitingFor: waitingFor ?? item.placements.map(({ companyId }) => companyId) }
}

test('changes of one company are one group, each type and person once, every change counted', () => {
  const changes = [open(), open({ type: 'person.role_change' }), open({ person: { id: 'p2' } }), open()]
  expect(groupByCompany(changes)).toEqual([
    {
      companyId: 'acme',
      companyName: 'Acme Inc',
      count: 4,
      changeTypes: ['person.promotion', 'person.role_change'],
      triggeredBy: ['test:p1', 'test:p2'],
    },
  ])
})

test('a change counts as the type that it was classified as', () => {
  const classification = { type: 'person.promotion', reason: 'seniority_rose', policy: 'v1' }
  const [group] = groupByCompany([{ ...open({ type: 'person.updated' }), classification }])
  expect(group?.changeTypes).toEqual(['person.promotion'])
})

test('a move is in the groups of both companies', () => {
  const company = { old: { id: 'acme', name: 'Acme Inc' }, new: { id: 'beta', name: 'Beta' } }
  const groups = groupByCompany([open({ changes: { company } })])
  expect(groups.map(({ companyId, companyName }) => [companyId, companyName])).toEqual([
    ['acme', 'Acme Inc'],
    ['beta', 'Beta'],
  ])
})

test('a company that no longer waits for a change is in no group', () => {
  expect(groupByCompany([open({}, [])])).toEqual([])
})

test('the latest name goes, and a blank one says nothing', () => {
  const names = (...list: string[]) => groupByCompany(list.map((name) => open({ company: { name } })))[0]?.companyName
  expect(names('Acme', 'Acme Ltd', ' ')).toBe('Acme Ltd')
  expect(names(' ')).toBeNull()
})

test('at most a hundred people are named', () => {
  const [group] = groupByCompany(Array.from({ length: 120 }, (_, index) => open({ person: { id: `p${index}` } })))
  expect(group).toMatchObject({ count: 120 })
  expect(group?.triggeredBy).toHaveLength(100)
})

test('a manual refresh is one change by its caller', () => {
  const request = { companyId: 'acme', companyName: ' ', requestedBy: 'api' }
  expect(fromRequest(request)).toEqual({
    companyId: 'acme',
    companyName: null,
    count: 1,
    changeTypes: [],
    triggeredBy: ['api'],
  })
})
