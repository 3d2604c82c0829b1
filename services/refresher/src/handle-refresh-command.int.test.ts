import { createMongoRunStore } from '@buyer-group/pipeline-mongodb/create-mongo-run-store.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Collections, RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type Around, decoratePort } from '@buyer-group/shared/ports/decorate-port.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { personIdOf } from './directory/person-id.ts'
import { refreshIdOf } from './refresh-id.ts'
import { createMongoStores } from './stores/mongo-stores.ts'
import { openTemporaryDatabase } from './test-kit/temporary-database.ts'
import { command, createTestRefresher, type TestRefresher } from './test-kit/test-refresher.ts'
import { dayOf, waitingEvent } from './test-kit/waiting-event.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let collections: Collections
let refresher: TestRefresher

beforeAll(async () => {
  database = await openTemporaryDatabase()
  collections = database.collections
})
afterAll(() => database.close())
beforeEach(async () => {
  for (const collection of Object.values(collections)) await collection.deleteMany({})
  refresher = await createTestRefresher(database.db)
})

const group = () => collections.buyerGroups.findOne({ companyId: 'acme' })
const operation = (sequence: number) =>
  collections.pipelineOperations.findOne({ idempotencyKey: refreshIdOf(`cmd_${sequence}`) })
const log = (sequence: number) => collections.refreshLogs.findOne({ commandId: `cmd_${sequence}` })
const event = (id: string) => collections.webhookEvents.findOne({ idempotencyKey: `test:${id}` })
const trail = () => refresher.published.map(({ topic, value }) => `${topic} ${value.sequence}`)

describe('a refresh', () => {
  test('folds the waiting changes into people, positions and group, and publishes what it stored', async () => {
    await collections.webhookEvents.insertMany([
      waitingEvent({ id: 'e1', day: 1, person: { email: 'Pat@x.io', newTitle: 'CTO' } }),
      waitingEvent({ id: 'e2', day: 2, person: { newTitle: 'CFO' } }),
      waitingEvent({ id: 'e3', day: 3, person: { id: 'p2', name: 'Kim', newTitle: 'Clerk' } }),
    ])
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    expect(await refresher.handle(command(5), { traceparent })).toEqual({ kind: 'done' })

    const pat = { personId: personIdOf('test:p1'), name: 'Pat Doe', email: 'pat@x.io', title: 'CFO', score: 95 }
    const kim = { personId: personIdOf('test:p2'), name: 'Kim', email: null, title: 'Clerk', role: 'user' }
    expect(await group()).toMatchObject({
      companyName: 'Acme Inc',
      sequence: 5,
      previousSequence: null,
      members: [pat, kim],
      added: [pat, kim],
      removed: [],
      changed: [],
      foldedIds: ['test:e1', 'test:e2', 'test:e3'],
      publishedAt: expect.any(Date),
    })
    expect(await collections.positions.findOne({ personId: pat.personId })).toMatchObject({
      title: 'CFO',
      active: true,
      changedAt: dayOf(2),
      changedBy: 'test:e2',
    })
    expect(trail()).toEqual(['result 5', 'current 5'])
    expect(refresher.published[0]).toMatchObject({
      headers: { ce_id: `${refreshIdOf('cmd_5')}:completed`, traceparent },
      value: { refreshId: refreshIdOf('cmd_5'), outcome: 'completed', members: [pat, kim], added: [pat, kim] },
    })
    expect(refresher.published[1]).toMatchObject({ value: { members: [pat, kim], companyName: 'Acme Inc' } })
  })

  test('ends with operation and log completed and the changes no longer waiting', async () => {
    await collections.webhookEvents.insertMany([
      waitingEvent({ id: 'e1', day: 1 }),
      waitingEvent({ id: 'undecided', day: 1, processed: false }),
      waitingEvent({ id: 'shared', day: 1, waitingFor: ['acme', 'beta'] }),
    ])
    await refresher.handle(command(5))

    const coveredBy = [{ companyId: 'acme', commandId: 'cmd_5', refreshId: refreshIdOf('cmd_5'), sequence: 5 }]
    expect(await event('e1')).toMatchObject({ waitingFor: [], coveredBy, expiresAt: dayOf(1 + 45) })
    expect(await event('undecided')).toMatchObject({ waitingFor: [], coveredBy })
    expect(await event('undecided')).not.toHaveProperty('expiresAt')
    expect(await event('shared')).toMatchObject({ waitingFor: ['beta'], coveredBy })
    expect(await event('shared')).not.toHaveProperty('expiresAt')

    const ended = await operation(5)
    expect(ended).toMatchObject({
      pipelineName: 'buyer-group-discovery',
      status: 'completed',
      input: { commandId: 'cmd_5' },
      output: { refreshId: refreshIdOf('cmd_5'), members: 1, added: 1 },
      duration: expect.any(Number),
      expiresAt: expect.any(Date),
    })
    const run = ended?.steps.filter(({ status }) => status === 'completed').map(({ name }) => name)
    expect(run?.toSpliced(run.indexOf('openRefreshLog'), 1)).toEqual([
      'validateCompanyInput',
      'loadStoredGroup',
      'compareWithStored',
      'loadWaitingChanges',
      'checkCacheStep',
      'loadDirectory',
      'foldWaitingChanges',
      'classifyTitles',
      'assignRoles',
      'composeBuyerGroup',
      'compareBuyerGroups',
      'saveBuyerGroupStep',
      'publishRefresh',
      'closeRefreshLog',
    ])
    const skipped = ended?.steps.filter(({ status }) => status === 'skipped').map(({ name }) => name)
    expect(skipped?.toSorted()).toEqual(['identifyPeople', 'loadPeople', 'reuseBuyerGroup'])
    expect(await log(5)).toMatchObject({
      status: 'completed',
      companyId: 'acme',
      triggeredBy: ['test:p1'],
      changes: { added: 1, removed: 0, changed: 0 },
    })
  })

  test('says what the refresh before it did not have, no longer has and has otherwise', async () => {
    await collections.webhookEvents.insertMany([
      waitingEvent({ id: 'e1', day: 1 }),
      waitingEvent({ id: 'e2', day: 1, person: { id: 'p2', name: 'Kim', newTitle: 'Clerk' } }),
    ])
    await refresher.handle(command(5))
    await collections.webhookEvents.insertMany([
      waitingEvent({ id: 'e3', day: 2, changes: { company: { old: 'Acme Inc', new: null } } }),
      waitingEvent({ id: 'e4', day: 2, person: { id: 'p2', name: 'Kim', newTitle: 'CEO' } }),
      waitingEvent({ id: 'e5', day: 2, person: { id: 'p3', name: 'Lou', newTitle: 'Intern' } }),
    ])
    await refresher.handle(command(6))
    const result = refresher.published.findLast(({ topic }) => topic === 'result')
    expect(result?.value).toMatchObject({
      previousSequence: 5,
      members: [{ name: 'Kim', title: 'CEO' }, { name: 'Lou' }],
      added: [{ name: 'Lou' }],
      removed: [{ name: 'Pat Doe', title: 'CFO' }],
      changed: [{ before: { title: 'Clerk' }, after: { title: 'CEO', role: 'decision_maker' } }],
    })
  })

  test('of each of two companies folds a move between them', async () => {
    const changes = { company: { old: { id: 'acme', name: 'Acme Inc' }, new: { id: 'beta', name: 'Beta' } } }
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    await refresher.handle(command(1))
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, changes, waitingFor: ['acme', 'beta'] }))
    await refresher.handle(command(2, { companyId: 'beta', companyName: 'Beta' }))
    expect(await event('e2')).toMatchObject({ waitingFor: ['acme'] })
    await refresher.handle(command(3))
    expect(await event('e2')).toMatchObject({ waitingFor: [], expiresAt: expect.any(Date) })
    const positions = await collections.positions.find({}, { sort: { companyId: 1 } }).toArray()
    expect(positions.map(({ companyId, active }) => [companyId, active])).toEqual([
      ['acme', false],
      ['beta', true],
    ])
    expect((await group())?.members).toEqual([])
  })

  test('leaves out a stored payload that is no event, says so in the record and goes on', async () => {
    const broken = { ...waitingEvent({ id: 'broken', day: 1 }), payload: { id: 7 } }
    await collections.webhookEvents.insertMany([broken, waitingEvent({ id: 'e1', day: 2 })])
    expect(await refresher.handle(command(5))).toEqual({ kind: 'done' })
    expect((await group())?.members).toHaveLength(1)
    expect(await event('broken')).toMatchObject({ waitingFor: [], error: { code: 'unreadable_payload' } })
  })

  test('of which there are more than a thousand changes leaves the rest to the trailing refresh', async () => {
    const window: RefreshWindowDoc = {
      companyId: 'acme',
      companyName: 'Acme Inc',
      sequence: 5,
      opensAt: dayOf(0),
      closesAt: dayOf(1),
      pending: null,
      outbox: null,
      claimToken: 'x',
    }
    await collections.refreshWindows.insertOne({ ...window })
    await collections.webhookEvents.insertMany(
      Array.from({ length: 1_150 }, (_, index) =>
        waitingEvent({ id: `e${index}`, day: 1 + index / 1_000, person: { id: `p${index}`, name: 'N' } }),
      ),
    )
    await refresher.handle(command(5))
    expect((await group())?.members).toHaveLength(1_000)
    const marked = await collections.refreshWindows.findOne({ companyId: 'acme' })
    expect(marked?.pending).toMatchObject({ count: 150, changeTypes: ['person.role_change'] })
    expect(marked?.pending?.since).toBeInstanceOf(Date)
    expect(marked?.pending?.triggeredBy).toHaveLength(100)
    expect(marked?.pending?.triggeredBy).toContain('test:p1000')

    // Delivered again, it merges with what is pending by then.
    const since = dayOf(3)
    const pending = { since, count: 200, changeTypes: ['person.promotion'], triggeredBy: ['test:zz'] }
    await collections.refreshWindows.updateOne({ companyId: 'acme' }, { $set: { pending } })
    await refresher.handle(command(5))
    const merged = await collections.refreshWindows.findOne({ companyId: 'acme' })
    expect(merged?.pending).toMatchObject({ since, count: 200 })
    expect(merged?.pending?.changeTypes.toSorted()).toEqual(['person.promotion', 'person.role_change'])

    await refresher.handle(command(6))
    expect((await group())?.members).toHaveLength(1_150)
    expect(await collections.webhookEvents.countDocuments({ waitingFor: 'acme' })).toBe(0)
  })
})

describe('a command that is delivered again', () => {
  test('publishes the same refresh with the same difference', async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    await refresher.handle(command(5))
    const before = await group()
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: { newTitle: 'CEO' } }))
    expect(await refresher.handle(command(5))).toEqual({ kind: 'done' })
    expect(trail()).toEqual(['result 5', 'current 5', 'result 5', 'current 5'])
    expect(refresher.published[2]).toEqual(refresher.published[0])
    expect(await group()).toEqual(before)
    expect(await event('e2')).toMatchObject({ waitingFor: ['acme'] })
  })

  test('after a crash between saving and publishing publishes the difference that was saved', async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    const away = new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })
    refresher.onPublish = () => Promise.reject(away)
    await expect(refresher.handle(command(5))).rejects.toMatchObject({ fate: 'unavailable', cause: away })
    expect(await group()).toMatchObject({ sequence: 5, publishedAt: null })
    expect(await event('e1')).toMatchObject({ waitingFor: ['acme'] })
    expect(await operation(5)).toMatchObject({ status: 'failed', error: { code: 'kafka_unavailable' } })

    refresher.onPublish = async () => {}
    expect(await refresher.handle(command(5))).toEqual({ kind: 'done' })
    expect(refresher.published[0]?.value).toMatchObject({ sequence: 5, added: [{ title: 'CFO' }] })
    expect(await group()).toMatchObject({ publishedAt: expect.any(Date) })
    expect(await event('e1')).toMatchObject({ waitingFor: [] })
    expect(await operation(5)).toMatchObject({ status: 'completed' })
  })

  test('to several processes at once leaves one refresh', async () => {
    await collections.webhookEvents.insertMany([
      waitingEvent({ id: 'e1', day: 1 }),
      waitingEvent({ id: 'e2', day: 1, person: { id: 'p2', name: 'Kim' } }),
    ])
    await Promise.all(Array.from({ length: 6 }, () => refresher.handle(command(5))))
    const [first, ...others] = refresher.published.filter(({ topic }) => topic === 'result')
    for (const other of others) expect(other).toEqual(first)
    expect(await collections.people.countDocuments()).toBe(2)
    expect(await event('e1')).toMatchObject({ coveredBy: [{ sequence: 5 }] })
    expect(await log(5)).toMatchObject({ status: 'completed' })
  })
})

describe('a command that others overtook', () => {
  test('is superseded: its log names what covered it and nothing is published', async () => {
    await refresher.handle(command(6))
    refresher.published.length = 0
    expect(await refresher.handle(command(5))).toEqual({ kind: 'skip', reason: 'superseded' })
    expect(refresher.published).toEqual([])
    expect(await log(5)).toMatchObject({ status: 'superseded', supersededBy: 6 })
    expect(await operation(5)).toMatchObject({ status: 'superseded' })
    expect(await group()).toMatchObject({ sequence: 6 })
  })

  test('was stored but never published: the later one publishes it first and finishes it', async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    refresher.onPublish = () => Promise.reject(new AppError('away', { code: 'away', fate: 'unavailable' }))
    await expect(refresher.handle(command(5))).rejects.toThrow('away')
    refresher.onPublish = async () => {}
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: { id: 'p2', name: 'Kim' } }))

    await refresher.handle(command(6))
    expect(trail()).toEqual(['result 5', 'current 5', 'result 6', 'current 6'])
    const results = refresher.published.filter(({ topic }) => topic === 'result').map(({ value }) => value)
    expect(results).toMatchObject([
      { added: [{ name: 'Pat Doe' }] },
      { previousSequence: 5, added: [{ name: 'Kim' }], removed: [] },
    ])
    expect(await group()).toMatchObject({ sequence: 6, foldedIds: ['test:e2'] })
    expect(await event('e1')).toMatchObject({ waitingFor: [], coveredBy: [{ sequence: 5 }] })
    expect(await operation(5)).toMatchObject({ status: 'completed' })
    expect(await log(5)).toMatchObject({ status: 'completed' })
  })

  test('while it published makes it publish the newer state again, so that the last one published is the stored one', async () => {
    const other = await createTestRefresher(database.db)
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    refresher.onPublish = async () => {
      refresher.onPublish = async () => {}
      expect(await other.handle(command(6))).toEqual({ kind: 'done' })
    }
    expect(await refresher.handle(command(5))).toEqual({ kind: 'done' })
    expect(trail()).toEqual(['result 5', 'current 5', 'current 6'])
    expect(await group()).toMatchObject({ sequence: 6 })
    expect(await log(5)).toMatchObject({ status: 'completed' })
  })

  test('leaves the end that one after the other would have left', async () => {
    await collections.webhookEvents.insertMany(
      Array.from({ length: 30 }, (_, index) =>
        waitingEvent({ id: `e${index}`, day: index, person: { id: `p${index % 10}`, newTitle: `Title ${index}` } }),
      ),
    )
    await Promise.all([5, 6, 7, 8].map((sequence) => refresher.handle(command(sequence))))
    const stored = await group()
    expect(stored).toMatchObject({ sequence: 8, publishedAt: expect.any(Date) })
    expect(stored?.members.map(({ title }) => title).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, index) => `Title ${20 + index}`),
    )
    expect(await collections.webhookEvents.countDocuments({ waitingFor: 'acme' })).toBe(0)
  })
})

describe('work on a partition that was revoked', () => {
  const away = () => new AppError('away', { code: 'mongodb_unavailable', fate: 'unavailable' })
  const revoked = () => {
    const controller = new AbortController()
    return { revoke: () => controller.abort(new Error('the partition was revoked')), signal: controller.signal }
  }
  /** A refresher whose calls of `groups` are preceded or followed by something else. */
  const withGroups = (around: Around) => {
    const stores = createMongoStores(collections)
    return createTestRefresher(database.db, { stores: { ...stores, groups: decoratePort(stores.groups, around) } })
  }

  beforeEach(async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
  })

  test('saves nothing', async () => {
    const { revoke, signal } = revoked()
    const zombie = await withGroups(async (_method, call) => {
      revoke()
      return call()
    })
    await expect(zombie.handle(command(5), {}, { signal })).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(await group()).toBeNull()
    expect(await collections.positions.countDocuments()).toBe(0)
    expect(zombie.published).toEqual([])
  })

  test('publishes nothing of what it had saved, and whoever comes next publishes exactly that', async () => {
    const { revoke, signal } = revoked()
    const zombie = await withGroups(async (method, call) => {
      const result = await call()
      if (method === 'insert') revoke()
      return result
    })
    await expect(zombie.handle(command(5), {}, { signal })).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(zombie.published).toEqual([])
    expect(await refresher.handle(command(5))).toEqual({ kind: 'done' })
    expect(refresher.published[0]?.value).toMatchObject({ refreshId: refreshIdOf('cmd_5'), added: [{ title: 'CFO' }] })
  })

  test('declares nothing failed', async () => {
    const { revoke, signal } = revoked()
    const zombie = await withGroups(async () => {
      revoke()
      throw new AppError('broken', { code: 'broken', fate: 'permanent' })
    })
    const handled = zombie.handle(command(5), {}, { signal, isLastAttempt: true })
    await expect(handled).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(zombie.published).toEqual([])
    expect(await log(5)).toMatchObject({ status: 'processing' })
  })

  test('that was publishing when others went on leaves the newer state as the last one published', async () => {
    const { revoke, signal } = revoked()
    refresher.onPublish = async () => {
      refresher.onPublish = async () => {}
      const other = await createTestRefresher(database.db)
      await other.handle(command(5))
      await other.handle(command(6))
      revoke()
    }
    await expect(refresher.handle(command(5), {}, { signal })).rejects.toMatchObject({ code: 'run_cancelled' })
    expect(trail()).toEqual(['result 5', 'current 5', 'current 6'])
    expect(await group()).toMatchObject({ sequence: 6 })
  })

  test('looks for the newer state until it has found out, also where MongoDB goes away after publishing', async () => {
    const { revoke, signal } = revoked()
    let failures = 0
    const zombie = await withGroups(async (method, call) => {
      if (zombie.published.length === 0 || failures === 3) return call()
      failures += 1
      throw Object.assign(away(), { method })
    })
    zombie.onPublish = async () => {
      zombie.onPublish = async () => {}
      await refresher.handle(command(5))
      await refresher.handle(command(6))
      revoke()
    }
    await expect(zombie.handle(command(5), {}, { signal })).rejects.toMatchObject({ code: 'run_cancelled' })
    const states = zombie.published.filter(({ topic }) => topic === 'current').map(({ value }) => value.sequence)
    expect(states).toEqual([5, 6])
  })

  test('where even the answer to publishing is lost leaves the newer state as the last one published', async () => {
    const { signal } = revoked()
    const zombie = await createTestRefresher(database.db)
    const { publisher } = zombie.refresher
    const losing = await createTestRefresher(database.db, {
      publisher: {
        publish: async (messages) => {
          await publisher.publish(messages)
          if (messages.length === 1) return
          await refresher.handle(command(5))
          await refresher.handle(command(6))
          throw new AppError('no answer', { code: 'kafka_unavailable', fate: 'unavailable' })
        },
      },
    })
    expect(await losing.handle(command(5), {}, { signal })).toEqual({ kind: 'done' })
    expect(zombie.published.map(({ topic, value }) => `${topic} ${value.sequence}`)).toEqual([
      'result 5',
      'current 5',
      'current 6',
    ])
  })
})

describe('a later message that overtakes one waiting in a retry topic', () => {
  test('covers it, where it is a command: the waiting one is superseded and changes nothing', async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    const positions = new Proxy(collections.positions, {
      get: (target, name) => {
        if (name === 'find') throw new TypeError('odd')
        return Reflect.get(target, name)
      },
    })
    const failing = await createTestRefresher(database.db, { stores: createMongoStores({ ...collections, positions }) })
    expect(await failing.handle(command(5))).toMatchObject({ kind: 'retry' })
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: { newTitle: 'CEO' } }))
    await refresher.handle(command(6))
    const stored = await group()
    expect(stored).toMatchObject({ sequence: 6, foldedIds: ['test:e1', 'test:e2'], members: [{ title: 'CEO' }] })

    expect(await refresher.handle(command(5), {}, { attempt: 2 })).toEqual({ kind: 'skip', reason: 'superseded' })
    expect(trail()).toEqual(['result 6', 'current 6'])
    expect(await group()).toEqual(stored)
    expect(await log(5)).toMatchObject({ status: 'superseded', supersededBy: 6 })
  })

  test('stays, where it is an event: the older one comes in late and loses by the time of its change', async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: { newTitle: 'CEO' } }))
    await refresher.handle(command(5))
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1, person: { email: 'pat@x.io' } }))
    await refresher.handle(command(6))
    expect(await group()).toMatchObject({ members: [{ title: 'CEO', email: 'pat@x.io' }], changed: [{}] })
    expect(await collections.positions.findOne({})).toMatchObject({ title: 'CEO', changedBy: 'test:e2' })
    expect(await event('e1')).toMatchObject({ waitingFor: [], coveredBy: [{ sequence: 6 }] })
  })
})

describe('a company whose group is fresh', () => {
  const minute = 60_000

  beforeEach(async () => {
    let now = dayOf(100).getTime()
    refresher = await createTestRefresher(database.db, {
      cacheMaxAgeMs: 5 * minute,
      now: () => new Date(now++),
    })
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    await refresher.handle(command(5))
    refresher.published.length = 0
    // Shows whether the directory was read.
    await collections.positions.updateOne({}, { $set: { title: 'CEO' } })
  })

  test('is published again under the new sequence, with the same members and no difference', async () => {
    await refresher.handle(command(6))
    expect(trail()).toEqual(['result 6', 'current 6'])
    expect(refresher.published[0]?.value).toMatchObject({
      previousSequence: 5,
      members: [{ title: 'CFO' }],
      added: [],
      removed: [],
      changed: [],
    })
    expect(await refresher.registry.getSingleMetricAsString('refresher_refreshes_total')).toContain(
      'refresher_refreshes_total{outcome="cached"} 1',
    )
  })

  test('is read anew for a manual refresh', async () => {
    await refresher.handle(command(6, { reason: 'manual', priority: 'high' }))
    expect(refresher.published[0]?.value).toMatchObject({ members: [{ title: 'CEO' }] })
  })

  test('is read anew where a change waits', async () => {
    const kim = { id: 'p2', name: 'Kim', newTitle: 'Clerk' }
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: kim }))
    await refresher.handle(command(6))
    expect(refresher.published[0]?.value).toMatchObject({ members: [{ title: 'CEO' }, { name: 'Kim' }] })
  })

  test('is read anew once it is old, however often it was published from the cache meanwhile', async () => {
    const composedAt = (await group())?.composedAt ?? dayOf(0)
    await refresher.handle(command(6))
    expect(await group()).toMatchObject({ sequence: 6, composedAt })
    const later = await createTestRefresher(database.db, {
      cacheMaxAgeMs: 5 * minute,
      now: () => new Date(composedAt.getTime() + 5 * minute),
    })
    await later.handle(command(7))
    expect(later.published[0]?.value).toMatchObject({ members: [{ title: 'CEO' }] })
  })
})

describe('a refresh that fails', () => {
  const failingWith = (error: unknown): Promise<TestRefresher> =>
    createTestRefresher(database.db, {
      stores: createMongoStores({
        ...collections,
        positions: new Proxy(collections.positions, {
          get: (target, name) => {
            if (name === 'find') throw error
            return Reflect.get(target, name)
          },
        }),
      }),
    })

  beforeEach(async () => {
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 1 }))
    await refresher.handle(command(5))
    await collections.webhookEvents.insertOne(waitingEvent({ id: 'e2', day: 2, person: { newTitle: 'CEO' } }))
  })

  test('for good publishes the failed result with the members as they stand and is dead-lettered', async () => {
    const failing = await failingWith(new AppError('the rules are broken', { code: 'bad_rules', fate: 'permanent' }))
    const message = 'step "loadDirectory" failed: the rules are broken'
    const verdict = { kind: 'deadLetter', code: 'bad_rules', message, step: 'loadDirectory' }
    expect(await failing.handle(command(6))).toEqual(verdict)
    expect(failing.published).toMatchObject([
      {
        topic: 'result',
        headers: { ce_id: `${refreshIdOf('cmd_6')}:failed` },
        value: { outcome: 'failed', sequence: 6, previousSequence: 5, members: [{ title: 'CFO' }], added: [] },
      },
    ])
    expect(failing.published[0]?.value).toMatchObject({ error: { code: 'bad_rules', message } })
    const failed = await operation(6)
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'bad_rules' }, completedAt: expect.any(Date) })
    const loaded = failed?.steps.find(({ name }) => name === 'loadDirectory')
    expect(loaded).toMatchObject({ name: 'loadDirectory', status: 'failed' })
    expect(await log(6)).toMatchObject({ status: 'failed', error: { code: 'bad_rules' } })
    expect(await group()).toMatchObject({ sequence: 5 })
    expect(await event('e2')).toMatchObject({ waitingFor: ['acme'] })
  })

  test('leaves what it did not fold to the trailing refresh of its window', async () => {
    const now = new Date()
    await collections.refreshWindows.insertOne({
      companyId: 'acme',
      companyName: null,
      sequence: 6,
      opensAt: now,
      closesAt: now,
      pending: null,
      outbox: null,
      claimToken: 'test',
    })
    const failing = await failingWith(new AppError('the rules are broken', { code: 'bad_rules', fate: 'permanent' }))
    await failing.handle(command(6))
    const marked = await collections.refreshWindows.findOne({ companyId: 'acme' })
    expect(marked?.pending).toMatchObject({ count: 1, triggeredBy: ['test:p1'] })
  })

  test('for a reason nobody knows is tried again later, and has failed with the last attempt', async () => {
    const failing = await failingWith(new TypeError('pat@x.io is not a function'))
    const again = await failing.handle(command(6))
    expect(again).toMatchObject({ kind: 'retry', code: 'unexpected_error' })
    expect(failing.published).toEqual([])
    expect(await operation(6)).toMatchObject({ status: 'failed', error: { code: 'unexpected_error' } })
    expect(await log(6)).toMatchObject({ status: 'processing' })

    const verdict = await failing.handle(command(6), {}, { attempt: 4, isLastAttempt: true })
    expect(verdict).toMatchObject({ kind: 'deadLetter', code: 'unexpected_error' })
    expect(JSON.stringify([again, verdict, failing.published[0]?.value])).not.toContain('pat@x.io is')
    expect(await log(6)).toMatchObject({ status: 'failed' })
    expect(await operation(6)).toMatchObject({ status: 'failed' })
  })

  test('is tried again later also where nobody can note why', async () => {
    const stores = createMongoStores(collections)
    const runs = decoratePort(createMongoRunStore(database.db), (method, call) =>
      method === 'end' ? Promise.reject(new AppError('no', { code: 'no', fate: 'permanent' })) : call(),
    )
    const positions = decoratePort(stores.positions, () => Promise.reject(new TypeError('odd')))
    const failing = await createTestRefresher(database.db, { stores: { ...stores, positions }, runs })
    expect(await failing.handle(command(6))).toMatchObject({ kind: 'retry', code: 'unexpected_error' })
  })

  test('because a part is away is thrown on for as long as it takes', async () => {
    const failing = await failingWith(Object.assign(new Error('gone'), { name: 'MongoNetworkError' }))
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await expect(failing.handle(command(6))).rejects.toMatchObject({ fate: 'unavailable' })
    }
    expect(await log(6)).toMatchObject({ status: 'processing' })
  })

  test('completes when its command is sent again after the cause is gone', async () => {
    const failing = await failingWith(new AppError('broken', { code: 'bad_rules', fate: 'permanent' }))
    await failing.handle(command(6))
    expect(await refresher.handle(command(6))).toEqual({ kind: 'done' })
    expect(await group()).toMatchObject({ sequence: 6, members: [{ title: 'CEO' }] })
    expect(await log(6)).toMatchObject({ status: 'completed' })
    expect(await log(6)).not.toHaveProperty('error')
    expect(await operation(6)).not.toHaveProperty('error')
  })
})

describe('a command that no detector can have written', () => {
  test.each([
    ['no company', { companyId: '' }],
    ['a negative sequence', { sequence: -1 }],
    ['a sequence of the far future', { sequence: Number.MAX_SAFE_INTEGER }],
    ['an unknown reason', { reason: 'whim' as never }],
    ['a time that is none', { requestedAt: 9e15 }],
  ])('with %s is dead-lettered and leaves no trace', async (_name, more) => {
    const verdict = await refresher.handle(command(5, more))
    expect(verdict).toMatchObject({ kind: 'deadLetter', code: 'invalid_command', step: 'validateCompanyInput' })
    expect(refresher.published).toEqual([])
    for (const collection of Object.values(collections)) expect(await collection.countDocuments()).toBe(0)
  })
})
