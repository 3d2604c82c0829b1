import { mergePositions, positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import { mergeSightings } from '@buyer-group/rules/folding/merge-sightings.ts'
import type { PersonSighting, PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import { GAP_STAMP } from '@buyer-group/rules/folding/sourced-people.ts'
import type {
  BuyerGroupDoc,
  PositionDoc,
  RefreshWindowDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { personIdOf } from '../directory/person-id.ts'
import type { RefresherStores } from '../stores/stores.ts'
import { command } from './test-refresher.ts'
import { dayOf, waitingEvent } from './waiting-event.ts'

/** Stores with what is behind them: everything that is stored can be read, and what the detector writes put there. */
export interface StoresWorld {
  readonly stores: RefresherStores
  all<Name extends StoredName>(name: Name): Promise<StoredDoc<Name>[]>
  putEvents(events: readonly WebhookEventDoc[]): Promise<void>
  putWindow(window: RefreshWindowDoc): Promise<void>
}

export type StoredName = 'events' | 'windows' | 'logs' | 'people' | 'positions' | 'groups'

export type StoredDoc<Name extends StoredName> = MemoryDatabase[Name] extends Map<string, infer Doc> ? Doc : never

const AT = dayOf(10)
const many = <Result>(run: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: 8 }, (_, i) => run(i)))

/** What every adapter of the refresher's stores keeps to. `open` gives an empty one. */
export function describeRefresherStores(adapter: string, open: () => Promise<StoresWorld>): void {
  let world: StoresWorld
  beforeEach(async () => {
    world = await open()
  })

  describe(`the refresher's groups in ${adapter}`, () => {
    const stored = () => world.stores.groups.find('acme')

    test('the first is inserted once, also by many at once', async () => {
      expect(await stored()).toBeNull()
      const inserts = await many((index) => world.stores.groups.insert(groupOf(index + 1)))
      expect(inserts.filter((inserted) => inserted)).toHaveLength(1)
      const winner = inserts.indexOf(true) + 1
      expect(await stored()).toEqual(groupOf(winner))
      expect(await world.stores.groups.insert(groupOf(99))).toBe(false)
      expect(await stored()).toEqual(groupOf(winner))
    })

    test('one is replaced where it is the published one that was read', async () => {
      const { groups } = world.stores
      await groups.insert(groupOf(5))
      expect(await groups.replacePublished(groupOf(5), groupOf(6))).toBe(false)
      expect(await groups.markPublished(groupOf(5), AT)).toBe(true)
      for (const other of [groupOf(4), { ...groupOf(5), refreshId: 'another' }]) {
        expect(await groups.replacePublished(other, groupOf(6))).toBe(false)
      }
      expect(await stored()).toEqual({ ...groupOf(5), publishedAt: AT })
      expect(await groups.replacePublished(groupOf(5), groupOf(6))).toBe(true)
      expect(await stored()).toEqual(groupOf(6))
    })

    test('of many who replace the one that all have read one does', async () => {
      const { groups } = world.stores
      await groups.insert(groupOf(5))
      await groups.markPublished(groupOf(5), AT)
      const replaced = await many((index) => groups.replacePublished(groupOf(5), groupOf(6 + index)))
      expect(replaced.filter((won) => won).length).toBeLessThanOrEqual(1)
      expect((await stored())?.sequence).toBeGreaterThan(5)
    })

    test('one is marked published once, and not where another is stored', async () => {
      const { groups } = world.stores
      await groups.insert(groupOf(5))
      expect(await groups.markPublished(groupOf(4), AT)).toBe(false)
      expect(await groups.markPublished(groupOf(5), AT)).toBe(true)
      expect(await groups.markPublished(groupOf(5), dayOf(11))).toBe(false)
      expect(await stored()).toEqual({ ...groupOf(5), publishedAt: AT })
    })
  })

  describe(`the refresher's events in ${adapter}`, () => {
    const keysOf = async (companyId: string) =>
      (await world.stores.events.waiting(companyId)).map(({ idempotencyKey }) => idempotencyKey)
    const event = async (id: string) =>
      (await world.all('events')).find(({ idempotencyKey }) => idempotencyKey === `test:${id}`)

    test('those that wait for a company come oldest first', async () => {
      await world.putEvents([
        waitingEvent({ id: 'late', day: 3 }),
        waitingEvent({ id: 'both', day: 2, waitingFor: ['acme', 'beta'] }),
        waitingEvent({ id: 'early', day: 1 }),
        waitingEvent({ id: 'done', day: 1, waitingFor: [] }),
      ])
      expect(await keysOf('acme')).toEqual(['test:early', 'test:both', 'test:late'])
      expect(await keysOf('nobody')).toEqual([])
      expect((await world.stores.events.waiting('beta'))[0]).toMatchObject({ companyId: 'acme', occurredAt: dayOf(2) })
      const summary = await world.stores.events.summariseWaiting('acme')
      expect(summary).toEqual({ count: 3, changeTypes: ['person.role_change'], triggeredBy: ['test:p1'] })
    })

    test('exactly the folded ones are released, once, and expire where they are decided and wait for nobody', async () => {
      await world.putEvents([
        waitingEvent({ id: 'e1', day: 1 }),
        waitingEvent({ id: 'both', day: 1, waitingFor: ['acme', 'beta'] }),
        waitingEvent({ id: 'open', day: 1, processed: false }),
        waitingEvent({ id: 'left', day: 1 }),
      ])
      const group = { ...groupOf(5), foldedIds: ['test:e1', 'test:both', 'test:open', 'test:gone'] }
      for (let time = 1; time <= 2; time += 1) await world.stores.events.release(group, AT)
      const { companyId, commandId, refreshId, sequence } = group
      const coveredBy = [{ companyId, commandId, refreshId, sequence, at: AT }]
      expect(await event('e1')).toMatchObject({ waitingFor: [], coveredBy, expiresAt: dayOf(1 + 45) })
      expect(await event('both')).toMatchObject({ waitingFor: ['beta'], coveredBy })
      expect(await event('both')).not.toHaveProperty('expiresAt')
      expect(await event('open')).toMatchObject({ waitingFor: [], coveredBy })
      expect(await event('open')).not.toHaveProperty('expiresAt')
      expect(await keysOf('acme')).toEqual(['test:left'])
      await world.stores.events.noteError(['test:left'], { code: 'odd', message: 'words' })
      expect(await event('left')).toMatchObject({ error: { code: 'odd', message: 'words' } })
    })

    test('many refreshes release side by side, each its own events, whatever their number and whoever shares them', async () => {
      const companies = Array.from({ length: 30 }, (_, index) => `company-${index}`)
      const many = Array.from({ length: 150 }, (_, index) => `many-${index}`)
      await world.putEvents([
        waitingEvent({ id: 'all', day: 1, waitingFor: [...companies, 'another'] }),
        ...companies.map((companyId) => waitingEvent({ id: companyId, day: 1, companyId })),
        ...many.map((id) => waitingEvent({ id, day: 1 })),
      ])
      const folded = (companyId: string, ids: readonly string[]) => ({
        ...groupOf(5),
        companyId,
        refreshId: `of ${companyId}`,
        foldedIds: ids.map((id) => `test:${id}`),
      })
      await Promise.all([
        ...companies.map((companyId) => world.stores.events.release(folded(companyId, ['all', companyId]), AT)),
        world.stores.events.release(folded('acme', many), AT),
      ])
      const all = await event('all')
      expect(all?.waitingFor).toEqual(['another'])
      expect(all?.coveredBy?.map((one) => `${one.companyId} ${one.refreshId}`).toSorted()).toEqual(
        companies.map((companyId) => `${companyId} of ${companyId}`).toSorted(),
      )
      for (const id of companies) {
        expect(await event(id)).toMatchObject({ waitingFor: [], coveredBy: [{ refreshId: `of ${id}` }] })
      }
      expect(await keysOf('acme')).toEqual([])
      expect((await event('many-149'))?.coveredBy).toHaveLength(1)
    })
  })

  describe(`the refresher's people in ${adapter}`, () => {
    const people = () => world.all('people')
    const save = (...sightings: PersonSighting[]) => world.stores.people.save({ sightings, known: [] })
    const byName = async () => new Map((await people()).map((person) => [person.name, person]))

    test('many who meet a new person by one source id make one of them', async () => {
      const ids = await many((index) => save(sighting('test:1', index)))
      expect(new Set(ids.map((found) => found.get('test:1')))).toEqual(new Set([personIdOf('test:1')]))
      expect(await people()).toMatchObject([{ sourceIds: ['test:1'], name: 'Name 7', changedAt: dayOf(7) }])
    })

    test('many who meet a new person by one address, each by a source id of its own, make one of them', async () => {
      const ids = await many((index) => save(sighting(`crm:${index}`, index, { email: 'Pat@x.io ' })))
      const [person, ...others] = await people()
      expect(others).toEqual([])
      expect(person?.sourceIds.toSorted()).toEqual(Array.from({ length: 8 }, (_, index) => `crm:${index}`))
      expect(person).toMatchObject({ email: 'pat@x.io', name: 'Name 7' })
      for (const [index, found] of ids.entries()) expect(found.get(`crm:${index}`)).toBe(person?.personId)
    })

    test('an older sighting changes nothing, by a writer who read long ago as well', async () => {
      await save(sighting('test:1', 5, { email: 'pat@x.io' }))
      const known = await world.stores.people.findClaimed(mergeSightings([sighting('test:1', 5)]))
      await save(sighting('test:1', 6, { email: 'new@x.io' }))
      const before = await people()
      for (const late of [sighting('test:1', 4, { email: 'old@x.io' }), sighting('test:1', 5)]) {
        await world.stores.people.save({ sightings: [late], known })
        await save(late)
      }
      expect(await people()).toEqual(before)
    })

    test('an address that someone else holds is recorded as a conflict, and one that is free later settles it', async () => {
      await save(sighting('test:1', 1, { email: 'a@x.io', name: 'One' }), sighting('test:2', 1, { name: 'Two' }))
      await save(sighting('test:2', 2, { email: 'a@x.io', name: 'Two' }))
      expect((await byName()).get('Two')).toMatchObject({ emailConflict: 'a@x.io' })
      expect((await byName()).get('Two')).not.toHaveProperty('email')
      await save(sighting('test:2', 3, { email: 'b@x.io', name: 'Two' }))
      expect((await byName()).get('Two')).toMatchObject({ email: 'b@x.io' })
      expect((await byName()).get('Two')).not.toHaveProperty('emailConflict')
      const found = await world.stores.people.find([personIdOf('test:1'), 'per_nobody'])
      expect(found.get(personIdOf('test:1'))).toMatchObject({ name: 'One', email: 'a@x.io' })
      expect(found.has('per_nobody')).toBe(false)
    })

    test('an address that only a row without a time named goes to whoever names it with one', async () => {
      const gap = { email: 'a@x.io', name: 'Row', changedAt: GAP_STAMP.at, changedBy: GAP_STAMP.by }
      await save(sighting('test:1', 1, { name: 'One' }), sighting('crm:7', 0, gap))
      expect((await byName()).get('Row')).toMatchObject({ email: 'a@x.io' })
      await save(sighting('test:1', 2, { email: 'a@x.io', name: 'One' }))
      for (let repeats = 0; repeats < 2; repeats += 1) {
        expect((await byName()).get('One')).toMatchObject({ email: 'a@x.io' })
        expect((await byName()).get('Row')).toMatchObject({ emailConflict: 'a@x.io' })
        expect((await byName()).get('Row')).not.toHaveProperty('email')
        await save(sighting('crm:7', 0, gap))
      }
    })

    test('nobody loses an address that they were given with a time since the writer read', async () => {
      const gap = { email: 'a@x.io', name: 'Row', changedAt: GAP_STAMP.at, changedBy: GAP_STAMP.by }
      await save(sighting('test:1', 1, { name: 'One' }), sighting('crm:7', 0, gap))
      const taking = sighting('test:1', 2, { email: 'a@x.io', name: 'One' })
      const known = await world.stores.people.findClaimed(mergeSightings([taking]))
      await save(sighting('crm:7', 3, { email: 'a@x.io', name: 'Row' }))
      await world.stores.people.save({ sightings: [taking], known })
      expect((await byName()).get('Row')).toMatchObject({ email: 'a@x.io' })
      expect((await byName()).get('One')).toMatchObject({ emailConflict: 'a@x.io' })
    })
  })

  describe(`the refresher's positions in ${adapter}`, () => {
    const positions = () => world.all('positions')

    test('one that is new is written once, also by many at once, and one is lost to nobody', async () => {
      const told = await many(async (index) => {
        const change = placed(index, { title: `Title ${index}` })
        const isWritten = await world.stores.positions.write([{ before: null, after: positionOf(change) }])
        if (!isWritten) await world.stores.positions.merge([change])
        return change
      })
      expect(await positions()).toEqual([told.map(positionOf).reduce(mergePositions)])
    })

    test('one is written as it was computed only where it is as it was read', async () => {
      const read = positionOf(placed(1, { title: 'Clerk' }))
      await world.stores.positions.merge([placed(1, { title: 'Clerk' })])
      const after = mergePositions(read, positionOf(placed(3, { title: 'CFO' })))
      expect(await world.stores.positions.write([{ before: read, after }])).toBe(true)
      const late = mergePositions(read, positionOf(placed(2, { active: false })))
      expect(await world.stores.positions.write([{ before: read, after: late }])).toBe(false)
      expect(await positions()).toEqual([after])
    })

    test('changes merge in any order, with repeats, to the end that the rule gives', async () => {
      const change = fc.record({
        day: fc.nat({ max: 4 }),
        active: fc.boolean(),
        title: fc.constantFrom(null, 'CFO', '$title'),
        department: fc.constantFrom(null, 'Sales'),
        changedBy: fc.constantFrom('test:a', 'test:b'),
      })
      const lists = fc.array(change, { minLength: 1, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(lists, async (list) => {
          world = await open()
          const changes = list.map(({ day, ...more }, index) =>
            placed(day, { ...more, changedBy: `${more.changedBy}${index}` }),
          )
          await Promise.all(changes.map((one) => world.stores.positions.merge([one, one])))
          const [stored] = await positions()
          expect(stored).toEqual(changes.map(positionOf).reduce(mergePositions))
        }),
        { numRuns: 15 },
      )
    })

    test('written as they were computed, each leaves the places of the same people at other companies', async () => {
      const places = ['acme', 'beta', 'gamma'].flatMap((companyId) =>
        ['per_1', 'per_2'].map((personId) => placed(1, { companyId, personId, title: `${companyId} ${personId}` })),
      )
      await world.stores.positions.merge(places)
      const [acme, beta] = [placed(1, places[0]), placed(1, places[3])].map(positionOf)
      const writes = [acme, beta].map((before) => ({
        before: before as PositionDoc,
        after: { ...(before as PositionDoc), active: false, changedAt: dayOf(2), changedBy: '$odd' },
      }))
      expect(await Promise.all(writes.map((write) => world.stores.positions.write([write])))).toEqual([true, true])
      const untouched = places.filter((_, index) => index !== 0 && index !== 3).map(positionOf)
      const stored = await positions()
      expect(stored).toHaveLength(6)
      expect(stored).toEqual(expect.arrayContaining([...untouched, ...writes.map(({ after }) => after)]))
    })

    test('the active ones of a company, and those of people there', async () => {
      await world.stores.positions.merge([
        placed(1),
        placed(1, { personId: 'per_2', active: false }),
        placed(1, { companyId: 'beta' }),
      ])
      expect(await world.stores.positions.findActive('acme')).toEqual([positionOf(placed(1))])
      const asked = await world.stores.positions.findOf({ companyId: 'acme', personIds: ['per_2', 'per_3'] })
      expect(asked).toEqual([positionOf(placed(1, { personId: 'per_2', active: false }))])
    })
  })

  describe(`the refresher's logs in ${adapter}`, () => {
    const changes = { added: 1, removed: 2, changed: 3 }
    const ends = [
      { status: 'completed', changes },
      { status: 'superseded', by: 9 },
    ] as const
    const error = { code: 'broken', message: 'words' }
    const log = async () => (await world.all('logs')).find(({ commandId }) => commandId === 'cmd_5')
    const begin = (at: Date) => world.stores.logs.begin(command(5), at)

    test('many who begin one command make one log', async () => {
      await many((index) => begin(dayOf(index)))
      expect(await world.all('logs')).toMatchObject([{ status: 'processing', companyId: 'acme', sequence: 5 }])
    })

    test.each(ends)('one that is $status stays so', async (ending) => {
      await begin(dayOf(1))
      await world.stores.logs.end('cmd_5', ending, dayOf(2))
      const ended = await log()
      expect(ended).toMatchObject({ status: ending.status, completedAt: dayOf(2) })
      expect(ended).toMatchObject(ending.status === 'superseded' ? { supersededBy: 9 } : { changes })

      await begin(dayOf(3))
      await world.stores.logs.end('cmd_5', { status: 'failed', error }, dayOf(3))
      expect(await log()).toEqual(ended)
    })

    test('one that failed says why and may begin anew', async () => {
      await begin(dayOf(1))
      await world.stores.logs.end('cmd_5', { status: 'failed', error }, dayOf(2))
      expect(await log()).toMatchObject({ status: 'failed', error })
      await begin(dayOf(3))
      expect(await log()).toMatchObject({ status: 'processing', startedAt: dayOf(3) })
      expect(await log()).not.toHaveProperty('error')
      expect(await log()).not.toHaveProperty('completedAt')
      await world.stores.logs.end('cmd_5', ends[0], dayOf(4))
      expect(await log()).toMatchObject({ status: 'completed', changes })
    })

    test('one that nobody began is not ended', async () => {
      await world.stores.logs.end('cmd_5', ends[0], AT)
      expect(await log()).toBeUndefined()
    })
  })

  describe(`the refresher's windows in ${adapter}`, () => {
    test('what waits is marked pending with what is pending there, and never opens a window', async () => {
      const waiting = { count: 3, changeTypes: ['person.promotion'], triggeredBy: ['test:p1', 'test:p2'] }
      expect(await world.stores.windows.markPending('acme', waiting)).toBe(false)
      expect(await world.all('windows')).toEqual([])
      const window: RefreshWindowDoc = {
        companyId: 'acme',
        companyName: null,
        sequence: 5,
        opensAt: dayOf(0),
        closesAt: dayOf(1),
        pending: null,
        outbox: null,
        claimToken: 'x',
      }
      await world.putWindow(window)
      for (const count of [3, 2])
        expect(await world.stores.windows.markPending('acme', { ...waiting, count })).toBe(true)
      await world.stores.windows.markPending('acme', { count: 1, changeTypes: ['$odd'], triggeredBy: ['$p'] })
      const [marked] = await world.all('windows')
      expect({ ...marked, pending: null }).toEqual(window)
      expect(marked?.pending).toMatchObject({ since: expect.any(Date), count: 3 })
      expect(marked?.pending?.changeTypes.toSorted()).toEqual(['$odd', 'person.promotion'])
      expect(marked?.pending?.triggeredBy.toSorted()).toEqual(['$p', 'test:p1', 'test:p2'])
    })
  })
}

function groupOf(sequence: number): BuyerGroupDoc {
  return {
    companyId: 'acme',
    companyName: null,
    workspaceId: 'default',
    sequence,
    previousSequence: null,
    refreshId: `refresh_${sequence}`,
    commandId: `cmd_${sequence}`,
    reason: 'webhook',
    members: [],
    added: [],
    removed: [],
    changed: [],
    foldedIds: [],
    refreshedAt: AT,
    publishedAt: null,
  }
}

const sighting = (sourceId: string, day: number, more: Partial<PersonSighting> = {}): PersonSighting => ({
  sourceId,
  name: `Name ${day}`,
  email: null,
  changedAt: dayOf(day),
  changedBy: `test:e${day}`,
  ...more,
})

const placed = (day: number, more: Partial<PositionChange> = {}): PositionChange => ({
  companyId: 'acme',
  personId: 'per_1',
  active: true,
  title: null,
  department: null,
  changedAt: dayOf(day),
  changedBy: `test:e${day}`,
  ...more,
})
