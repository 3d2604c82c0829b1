import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import { mergePositions, positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import type { PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import { planPositions } from '@buyer-group/rules/folding/plan-positions.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { savePositions } from './save-positions.ts'
import { createPositionWriter } from './write-positions.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let write: ReturnType<typeof createPositionWriter>

beforeAll(async () => {
  database = await openTemporaryDatabase()
  write = createPositionWriter(database.collections.positions)
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

const stored = (): Promise<PositionDoc[]> =>
  database.collections.positions.find({}, { projection: { _id: 0 }, sort: { personId: 1 } }).toArray()

/** Writes what a change makes of what was read, however old that is. */
const writeOver = (read: readonly PositionDoc[], ...changes: PositionChange[]) =>
  write(planPositions(read, foldChanges(read, changes)))

const CHANGES = [
  change(1, { title: 'VP Sales' }),
  change(2, { active: false }),
  change(3, { department: 'Marketing' }),
  change(4, { title: '$title' }),
  change(4, { active: false, changedBy: 'test:evt_5' }),
]

describe('writing positions as they were computed', () => {
  test('over what is stored gives what the rule gives', async () => {
    for (const one of CHANGES) expect(await writeOver(await stored(), one)).toBe(true)
    expect(await stored()).toEqual([CHANGES.map(positionOf).reduce(mergePositions)])
  })

  test('over what is no longer stored changes nothing and says so, whichever field has moved on', async () => {
    for (const known of CHANGES) {
      for (const meanwhile of CHANGES) {
        for (const late of CHANGES) {
          await database.collections.positions.deleteMany({})
          await savePositions(database.collections.positions, [known])
          const read = await stored()
          await savePositions(database.collections.positions, [meanwhile])
          const moved = await stored()
          const isNews = foldChanges(read, [late]).news.length > 0
          const hasMoved = JSON.stringify(moved) !== JSON.stringify(read)
          expect(await writeOver(read, late)).toBe(!(isNews && hasMoved))
          if (hasMoved) expect(await stored()).toEqual(moved)
        }
      }
    }
  })

  test('by writers who race, with the changes saved where it was refused, ends in what the rule gives', async () => {
    const everybody = Array.from({ length: 20 }, (_, index) => `per_${index}`)
    for (const start of [[], await startWith(everybody)]) {
      await Promise.all(
        CHANGES.map(async (one) => {
          const changes = everybody.map((personId) => ({ ...one, personId }))
          if (!(await writeOver(start, ...changes))) await savePositions(database.collections.positions, changes)
        }),
      )
    }
    const truth = CHANGES.map(positionOf).reduce(mergePositions)
    for (const position of await stored()) expect(position).toEqual({ ...truth, personId: position.personId })
    expect(await stored()).toHaveLength(20)
  })
})

async function startWith(personIds: readonly string[]): Promise<PositionDoc[]> {
  const start = personIds.map((personId) => change(0, { personId, title: 'Clerk' }))
  await savePositions(database.collections.positions, start)
  return stored()
}
