import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkRows } from './check-rows.ts'
import { choosePeople } from './choose-people.ts'

const person = fc.record({
  sourceId: fc.constantFrom('crm:1', 'crm:2', 'crm:10'),
  name: fc.constantFrom('Ada', 'Bea'),
  email: fc.constant(null),
  title: fc.constantFrom(null, 'CFO'),
  department: fc.constant(null),
  active: fc.boolean(),
  updatedAt: fc.constantFrom(null, '2026-01-10T00:00:00.000Z', '2026-01-11T00:00:00.000Z'),
}) satisfies fc.Arbitrary<SourcedPerson>

test('everybody comes once and in order, whatever order the rows came in', () => {
  const lists = fc
    .array(person, { maxLength: 8 })
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
  fc.assert(
    fc.property(lists, ([list, shuffled]) => {
      const chosen = choosePeople(list)
      expect(choosePeople(shuffled)).toEqual(chosen)
      expect(chosen.map(({ sourceId }) => sourceId)).toEqual([...new Set(list.map(({ sourceId }) => sourceId))].sort())
    }),
  )
})

test('the newest row counts, a time before none, and of equal ones the active', () => {
  const row = { sourceId: 'crm:1', name: 'Ada', email: null, title: null, department: null }
  const byWorth = [
    { ...row, active: false, updatedAt: null },
    { ...row, active: true, updatedAt: null },
    { ...row, active: false, updatedAt: '0000-01-01T00:00:00.000Z' },
    { ...row, title: 'zzz', active: false, updatedAt: '2026-01-11T00:00:00.000Z' },
    { ...row, title: 'aaa', active: true, updatedAt: '2026-01-11T00:00:00.000Z' },
  ]
  for (const [index, best] of byWorth.entries()) {
    expect(choosePeople(byWorth.slice(0, index + 1).toReversed())).toEqual([best])
  }
})

test('one unreadable row, or up to a fifth, is left out; more fail the call', () => {
  for (const [rows, bad] of [
    [0, 0],
    [1, 1],
    [10, 2],
    [100, 20],
  ] as const) {
    expect(() => checkRows(rows, bad, 'name is empty')).not.toThrow()
  }
  for (const [rows, bad] of [
    [2, 2],
    [9, 2],
    [100, 21],
  ] as const) {
    expect(() => checkRows(rows, bad, 'name is empty')).toThrow('name is empty')
  }
})
