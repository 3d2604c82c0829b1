import { randomUUID } from 'node:crypto'
import { done, skip } from '@buyer-group/shared/outcomes/verdict.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { changeAt, idOf, never, thinChange } from './test-kit/messages.ts'
import { eventOf, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
const setUp = () => {
  const detector = testDetector(database.collections)
  return { ...detector, handle: createBatchHandler(detector) }
}

/** Puts a person into the directory, at these companies. */
async function putPerson(id: string, companyIds: readonly string[]): Promise<void> {
  const changed = { changedAt: new Date(1_000), changedBy: 'import' }
  await database.collections.people.insertOne({ personId: id, sourceIds: [`test:${id}`], name: 'Pat Doe', ...changed })
  const place = { personId: id, title: 'CFO', seniority: 'c-suite', department: 'finance', active: true, ...changed }
  await database.collections.positions.insertMany(companyIds.map((companyId) => ({ companyId, ...place })))
}

let person: string
let acme: string
beforeEach(() => {
  person = `p-${randomUUID()}`
  acme = `acme-${randomUUID()}`
})

describe('a significant change that names no company', () => {
  test("refreshes the one company where its person stands, and is recorded as that company's", async () => {
    await putPerson(person, [acme])
    const { handle, commands } = setUp()
    const event = thinChange(person)
    expect(await handle([event, changeAt(acme)], never)).toEqual([done, done])
    expect(commands).toMatchObject([{ companyId: acme, triggeredByCount: 2 }])
    expect(await eventOf(database.collections, idOf(event))).toMatchObject({
      companyId: acme,
      waitingFor: [acme],
      decision: { outcome: 'refresh' },
    })
  })

  test("refreshes every company where its person stands, and is recorded as no company's", async () => {
    await putPerson(person, [acme, `${acme}-2`])
    const { handle, commands } = setUp()
    const event = thinChange(person, { newTitle: 'CEO' })
    await handle([event], never)
    expect(commands.map(({ companyId }) => companyId).toSorted()).toEqual([acme, `${acme}-2`])
    expect(await eventOf(database.collections, idOf(event))).toMatchObject({
      companyId: '',
      waitingFor: [acme, `${acme}-2`],
    })
  })

  test('is decided as insignificant where nobody knows its person, and says so', async () => {
    const { handle, commands } = setUp()
    const event = thinChange(person)
    expect(await handle([event], never)).toEqual([done])
    expect(commands).toEqual([])
    expect(await eventOf(database.collections, idOf(event))).toMatchObject({
      processed: true,
      companyId: '',
      decision: { outcome: 'insignificant' },
      classification: { type: 'none', reason: 'person_unknown' },
    })
  })

  test('is resumed with the companies that it was recorded with, wherever its person went meanwhile', async () => {
    await putPerson(person, [acme])
    const { stores, ...detector } = testDetector(database.collections)
    const windows = { ...stores.windows, claimOrMark: () => Promise.reject(new Error('away')) }
    const event = thinChange(person)
    await expect(createBatchHandler({ ...detector, stores: { ...stores, windows } })([event], never)).rejects.toThrow(
      'away',
    )
    await database.collections.positions.updateOne({ companyId: acme }, { $set: { companyId: `${acme}-new` } })

    const handle = createBatchHandler({ ...detector, stores })
    expect(await handle([event], never)).toEqual([done])
    expect(await windowOf(database.collections, acme)).toMatchObject({ pending: null })
    expect(await database.collections.refreshWindows.findOne({ companyId: `${acme}-new` })).toBeNull()
    expect(await handle([event], never)).toEqual([skip('repeat')])
  })
})
