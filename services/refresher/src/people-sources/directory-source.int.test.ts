import { positionChangesOfRows, sightingsOfRows } from '@buyer-group/rules/folding/sourced-people.ts'
import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMongoStores } from '../stores/mongo-stores.ts'
import type { RefresherStores } from '../stores/stores.ts'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { createDirectorySource } from './directory-source.ts'
import { describePeopleSource, sourcedPerson } from './test-kit/people-source-contract.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let stores: RefresherStores

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())

/** Saves rows as a refresh does. */
const save = async (companyId: string, rows: readonly SourcedPerson[]) => {
  const personIds = await stores.people.save({ sightings: sightingsOfRows(rows), known: [] })
  await stores.positions.merge(positionChangesOfRows(rows, companyId, personIds))
}

const open = async () => {
  await database.collections.people.deleteMany({})
  await database.collections.positions.deleteMany({})
  stores = createMongoStores(database.collections)
  return { source: createDirectorySource(stores), put: save }
}

describePeopleSource('the local directory in MongoDB', open)

describe('rows without a time in MongoDB', () => {
  const stored = () => database.collections.positions.find({}, { projection: { _id: 0 } }).toArray()
  const gap = (more: Partial<SourcedPerson> = {}) => sourcedPerson('1', { updatedAt: null, ...more })

  test('fill what nobody has said and then stay, whatever other rows without a time say', async () => {
    await open()
    await save('acme', [gap({ department: null })])
    const filled = await stored()
    expect(filled).toMatchObject([{ title: 'Chief Financial Officer', active: true }])
    const call = { signal: new AbortController().signal, idempotencyKey: 'key' }
    const found = await createDirectorySource(stores).findPeople({ companyId: 'acme', companyName: null }, call)
    expect(found).toMatchObject([{ title: 'Chief Financial Officer', updatedAt: null }])
    await save('acme', [gap({ title: 'Chief Executive Officer', department: null, name: 'Somebody Else' })])
    expect(await stored()).toEqual(filled)
    expect(await database.collections.people.find({}).toArray()).toMatchObject([{ name: 'Person 1' }])
  })

  test('leave what was said with a time, and give way to it', async () => {
    await open()
    await save('acme', [sourcedPerson('1', { active: false, department: null })])
    const before = await stored()
    await save('acme', [gap({ title: 'Chief Executive Officer', department: null })])
    expect(await stored()).toEqual(before)
    await save('globex', [gap({ title: 'Chief Executive Officer' })])
    await save('globex', [sourcedPerson('1', { title: 'Owner', updatedAt: '0001-01-01T00:00:00.000Z' })])
    expect(await stored()).toMatchObject([{ companyId: 'acme' }, { companyId: 'globex', title: 'Owner' }])
  })
})
