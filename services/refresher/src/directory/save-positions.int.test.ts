import { mergePositions, positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { type PositionChange, savePositions } from './save-positions.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.collections.positions.deleteMany({}))

const change = (day: number, more: Partial<PositionChange> = {}): PositionChange => ({
  companyId: 'acme',
  personId: 'per_1',
  active: true,
  title: null,
  department: null,
  changedAt: new Date(Date.UTC(2026, 0, day)),
  changedBy: `test:evt_${day}`,
  ...more,
})

const save = (...changes: PositionChange[]) => savePositions(database.collections.positions, changes)
const stored = (): Promise<PositionDoc[]> =>
  database.collections.positions.find({}, { projection: { _id: 0 }, sort: { personId: 1 } }).toArray()

describe('saving positions', () => {
  test('an older change never wins, and one of the same instant wins by its key', async () => {
    await save(change(2, { title: 'CFO' }))
    await save(change(1, { title: 'CTO', active: false }))
    expect(await stored()).toMatchObject([{ title: 'CFO', seniority: 'c-suite', department: 'finance', active: true }])
    await save(change(2, { title: 'COO', changedBy: 'test:evt_1' }))
    expect(await stored()).toMatchObject([{ title: 'CFO' }])
    await save(change(2, { title: 'COO', changedBy: 'test:evt_3' }))
    expect(await stored()).toMatchObject([{ title: 'COO', department: 'operations' }])
  })

  test('the database merges as the rule does, in every order and with repeats', async () => {
    const changes = [
      change(1, { title: 'VP Sales' }),
      change(2, { active: false }),
      change(3, { department: 'Marketing' }),
      change(4, { title: '$title' }),
      change(4, { active: false, changedBy: 'test:evt_5' }),
    ]
    const truth = changes.map(positionOf).reduce(mergePositions)
    for (const order of permutations(changes)) {
      await database.collections.positions.deleteMany({})
      for (const one of [...order, ...order.slice(0, 2)]) await save(one)
      expect(await stored()).toEqual([truth])
    }
    expect(truth).toMatchObject({ title: '$title', department: 'marketing', active: false })
  })

  test('a position written by someone who keeps no stamps a field is merged too', async () => {
    await database.collections.positions.insertOne({
      companyId: 'acme',
      personId: 'per_1',
      title: 'CFO',
      seniority: 'c-suite',
      department: 'finance',
      changedAt: new Date(Date.UTC(2026, 0, 3)),
      changedBy: 'crm:1',
      active: true,
    })
    await save(change(5, { active: false }))
    await save(change(2, { title: 'CTO' }))
    expect(await stored()).toMatchObject([{ title: 'CFO', department: 'finance', active: false }])
    await save(change(4, { title: 'CTO' }))
    expect(await stored()).toMatchObject([{ title: 'CTO', department: 'engineering', active: false }])
  })

  test('first insertions that race end in the newest change', async () => {
    const days = Array.from({ length: 8 }, (_, index) => index + 1)
    const people = Array.from({ length: 25 }, (_, index) => `per_${index}`)
    await Promise.all(days.map((day) => save(...people.map((personId) => change(day, { personId, title: `T${day}` })))))
    const positions = await stored()
    expect(positions).toHaveLength(25)
    expect(new Set(positions.map(({ title }) => title))).toEqual(new Set(['T8']))
  })

  test('thousands are saved in a few round trips', async () => {
    await save(...Array.from({ length: 2_500 }, (_, index) => change(1, { personId: `per_${index}`, title: 'CFO' })))
    expect(await database.collections.positions.countDocuments({ active: true })).toBe(2_500)
  })
})

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}
