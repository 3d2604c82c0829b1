import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { createPeopleTable } from './people-table.ts'
import { personIdOf } from './person-id.ts'
import { type PersonSighting, savePeople } from './save-people.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.collections.people.deleteMany({}))

const sighting = (sourceId: string, day: number, more: Partial<PersonSighting> = {}): PersonSighting => ({
  sourceId,
  name: `Name of day ${day}`,
  email: null,
  changedAt: new Date(Date.UTC(2026, 0, day)),
  changedBy: `test:evt_${day}`,
  ...more,
})

const save = (...sightings: PersonSighting[]) => savePeople(createPeopleTable(database.collections.people), sightings)
const stored = (): Promise<PersonDoc[]> =>
  database.collections.people.find({}, { projection: { _id: 0 }, sort: { personId: 1 } }).toArray()

describe('saving people', () => {
  test('a new person gets an id made of the source id', async () => {
    const ids = await save(sighting('test:1', 1, { email: ' Pat@Example.COM ' }))
    expect(ids).toEqual(new Map([['test:1', personIdOf('test:1')]]))
    expect(await stored()).toMatchObject([{ sourceIds: ['test:1'], name: 'Name of day 1', email: 'pat@example.com' }])
  })

  test('an older sighting never overwrites a newer one, whichever comes first', async () => {
    await save(sighting('test:1', 2, { email: 'new@x.io' }))
    await save(sighting('test:1', 1, { email: 'old@x.io' }))
    expect(await stored()).toMatchObject([{ name: 'Name of day 2', email: 'new@x.io' }])
  })

  test('nor where the newer one was stored after the people were read', async () => {
    await save(sighting('test:1', 1))
    const read = await stored()
    await save(sighting('test:1', 3, { changedBy: 'test:b' }))
    const people = database.collections.people
    for (const late of [sighting('test:1', 2), sighting('test:1', 3, { name: 'Late', changedBy: 'test:a' })]) {
      await savePeople(createPeopleTable(people), [late], read)
      expect(await stored()).toMatchObject([{ name: 'Name of day 3', changedBy: 'test:b' }])
    }
    await savePeople(
      createPeopleTable(people),
      [sighting('test:1', 3, { name: 'Later key', changedBy: 'test:c' })],
      read,
    )
    expect(await stored()).toMatchObject([{ name: 'Later key' }])
  })

  test('a newer sighting without an address keeps the address, and an older address that comes late loses to it', async () => {
    await save(sighting('test:1', 2, { email: 'two@x.io' }))
    await save(sighting('test:1', 5))
    await save(sighting('test:1', 1, { email: 'one@x.io' }))
    expect(await stored()).toMatchObject([{ name: 'Name of day 5', email: 'two@x.io' }])
    await save(sighting('test:1', 3, { email: 'three@x.io' }))
    expect(await stored()).toMatchObject([{ name: 'Name of day 5', email: 'three@x.io' }])
  })

  test('two source ids with one address are one person', async () => {
    const ids = await save(
      sighting('test:1', 1, { email: 'pat@x.io' }),
      sighting('crm:77', 2, { email: 'PAT@x.io', name: 'Pat' }),
    )
    expect(new Set(ids.values()).size).toBe(1)
    expect(await save(sighting('crm:78', 3, { email: 'pat@x.io' }))).toEqual(new Map([['crm:78', ids.get('test:1')]]))
    const people = await stored()
    expect(people).toHaveLength(1)
    expect(people[0]?.sourceIds.toSorted()).toEqual(['crm:77', 'crm:78', 'test:1'])
  })

  test('an address that someone else holds is not taken but recorded as a conflict, and a free one settles it', async () => {
    await save(sighting('test:1', 1, { email: 'pat@x.io' }), sighting('test:2', 1))
    await save(sighting('test:2', 2, { email: 'pat@x.io' }))
    const conflicted = await database.collections.people.findOne({ sourceIds: 'test:2' })
    expect(conflicted).toMatchObject({ emailConflict: 'pat@x.io', name: 'Name of day 2' })
    expect(conflicted).not.toHaveProperty('email')

    await save(sighting('test:2', 3, { email: 'kim@x.io' }))
    const settled = await database.collections.people.findOne({ sourceIds: 'test:2' })
    expect(settled).toMatchObject({ email: 'kim@x.io' })
    expect(settled).not.toHaveProperty('emailConflict')
  })

  test('text that begins with a dollar sign is text', async () => {
    await save(sighting('test:1', 1))
    await save(sighting('test:1', 2, { name: '$name', changedBy: '$changedBy' }))
    expect(await stored()).toMatchObject([{ name: '$name', changedBy: '$changedBy' }])
  })

  test('saving again writes nothing', async () => {
    await save(sighting('test:1', 1, { email: 'pat@x.io' }))
    const before = await stored()
    await save(sighting('test:1', 1, { email: 'pat@x.io' }))
    expect(await stored()).toEqual(before)
  })

  test('first insertions that race end in one person for each key', async () => {
    const rounds = Array.from({ length: 8 }, (_, round) =>
      save(
        ...Array.from({ length: 20 }, (_, index) => sighting(`test:${index}`, 1 + round)),
        ...Array.from({ length: 20 }, (_, index) => sighting(`s${round}:${index}`, 1, { email: `p${index}@x.io` })),
      ),
    )
    const results = await Promise.all(rounds)
    const people = await stored()
    expect(people).toHaveLength(40)
    for (const index of [0, 7, 19]) {
      expect(new Set(results.map((ids) => ids.get(`test:${index}`))).size).toBe(1)
      expect(new Set(results.map((ids, round) => ids.get(`s${round}:${index}`))).size).toBe(1)
    }
    expect(people.filter((person) => person.email === undefined).every(({ name }) => name === 'Name of day 8')).toBe(
      true,
    )
  })

  test('thousands are saved in a few round trips', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => sighting(`test:${index}`, 1, { email: `e${index}@x.io` }))
    expect((await save(...many)).size).toBe(2_500)
    expect(await database.collections.people.countDocuments()).toBe(2_500)
  })
})
