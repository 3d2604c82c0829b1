import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldChanges } from './fold-changes.ts'
import { positionOf } from './merge-positions.ts'
import type { PositionChange } from './person-sighting.ts'

const change = (more: Partial<PositionChange> & { at?: number }): PositionChange => {
  const { at = 1, ...rest } = more
  return {
    companyId: 'acme',
    personId: 'per_1',
    active: true,
    title: null,
    department: null,
    changedAt: new Date(at),
    changedBy: `test:evt_${at}`,
    ...rest,
  }
}

const fold = (changes: readonly PositionChange[], stored: readonly PositionDoc[] = []) =>
  [...foldChanges(stored, changes).positions.values()].toSorted((a, b) => (a.personId < b.personId ? -1 : 1))

/** Few people and instants, so that they meet; every key has one content, as the detector sees to. */
const changes = fc
  .array(
    fc.record({
      personId: fc.constantFrom('per_1', 'per_2'),
      at: fc.integer({ min: 1, max: 4 }),
      key: fc.constantFrom('test:a', 'test:b', 'test:\u{1f600}', 'test:\uffee'),
      active: fc.constantFrom(true, false, null),
      title: fc.constantFrom(null, 'CFO', 'VP Sales', 'Zookeeper'),
      department: fc.constantFrom(null, 'Marketing', 'Legal', 'Zoology'),
    }),
    { maxLength: 12 },
  )
  .map((list) => {
    const unique = new Map(list.map((item) => [`${item.personId}/${item.at}/${item.key}`, item]))
    return [...unique.values()].map(({ key, ...item }) => change({ ...item, changedBy: key }))
  })

describe('folding changes over positions', () => {
  test('reaches one end in every order, with repeats, and however the changes are split over refreshes', () => {
    const shuffled = changes.chain((list) =>
      fc.record({
        list: fc.constant(list),
        order: fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
        split: fc.nat({ max: list.length * 2 }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ list, order, split }) => {
        const truth = fold(list)
        expect(fold(order)).toEqual(truth)
        const first = fold(order.slice(0, split))
        expect(fold(order.slice(split), first)).toEqual(truth)
      }),
    )
  })

  test('shows the newest title and whether the newest change leaves the person there', () => {
    const [position] = fold([
      change({ at: 3, active: false }),
      change({ at: 1, title: 'CTO' }),
      change({ at: 2, title: 'CFO' }),
    ])
    expect(position).toMatchObject({ title: 'CFO', seniority: 'c-suite', department: 'finance', active: false })
  })

  test('keeps the title of before where someone returns without one', () => {
    const [position] = fold([change({ at: 1, title: 'CFO' }), change({ at: 2, active: false }), change({ at: 3 })])
    expect(position).toMatchObject({ title: 'CFO', active: true, changedAt: new Date(3) })
  })

  test('keeps a department that a change named when a later title speaks of another', () => {
    const [position] = fold([change({ at: 1, department: 'Marketing' }), change({ at: 2, title: 'CFO' })])
    expect(position).toMatchObject({ department: 'marketing', seniority: 'c-suite' })
  })

  test('reads the department from the title where the change names one that nobody knows', () => {
    const [position] = fold([change({ at: 1, title: 'CFO', department: 'Zoology' })])
    expect(position).toMatchObject({ department: 'finance' })
  })

  test('a late older change never wins', () => {
    const stored = [positionOf(change({ at: 5, title: 'CFO' }))]
    expect(fold([change({ at: 4, title: 'CTO', active: false })], stored)).toEqual(stored)
  })

  test('two changes of one instant are decided by the UTF-8 bytes of their keys, as MongoDB decides', () => {
    const low = change({ at: 1, title: 'CFO', changedBy: 'test:\uffee' })
    const high = change({ at: 1, title: 'CTO', changedBy: 'test:\u{1f600}' })
    expect(fold([high, low])).toMatchObject([{ title: 'CTO' }])
    expect(fold([low, high])).toMatchObject([{ title: 'CTO' }])
  })

  test('tells the changes that are news from those that the stored positions know', () => {
    const stored = [positionOf(change({ at: 2, title: 'CFO' }))]
    const late = change({ at: 1, department: 'Legal' })
    const known = change({ at: 2, title: 'CFO' })
    const fresh = change({ at: 3, personId: 'per_2' })
    expect(foldChanges(stored, [late, known, fresh]).news).toEqual([late, fresh])
  })
})
