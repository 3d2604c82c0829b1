import { randomUUID } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { sweepWindows } from './sweep-windows.ts'
import { dyingAt } from './test-kit/failing-detector.ts'
import { changeAt, never } from './test-kit/messages.ts'
import { ageOutboxes, closeWindow, HOUR_MS, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
let acme: string
beforeEach(async () => {
  acme = `acme-${randomUUID()}`
  await database.collections.refreshWindows.deleteMany({})
})

const setUp = () => {
  const detector = testDetector(database.collections)
  return { detector, commands: detector.commands, handle: createBatchHandler(detector) }
}

describe('a window with pending changes', () => {
  test('is claimed at its end by one trailing refresh that covers all of them', async () => {
    const { detector, handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme, { person: { id: 'p2' } })], never)
    await handle([changeAt(acme, { person: { id: 'p3' }, type: 'person.company_change' })], never)
    await closeWindow(database.collections, acme)
    await sweepWindows(detector, never)
    await sweepWindows(detector, never)

    expect(commands).toHaveLength(2)
    const window = await windowOf(database.collections, acme)
    expect(window).toMatchObject({ pending: null, outbox: null, companyName: 'Acme Inc' })
    expect(window.closesAt.getTime() - window.opensAt.getTime()).toBe(HOUR_MS)
    expect(commands[1]).toMatchObject({
      commandId: `${acme}:${window.sequence}`,
      companyName: 'Acme Inc',
      reason: 'webhook',
      priority: 'normal',
      triggeredByCount: 2,
    })
    expect(commands[1]?.changeTypes.toSorted()).toEqual(['person.company_change', 'person.promotion'])
    expect(commands[1]?.triggeredBy.toSorted()).toEqual(['test:p2', 'test:p3'])
    expect(commands[1]?.sequence).toBeGreaterThan(commands[0]?.sequence ?? Number.POSITIVE_INFINITY)
  })

  test('is left alone before its end', async () => {
    const { detector, handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme)], never)
    await sweepWindows(detector, never)
    expect(commands).toHaveLength(1)
    expect((await windowOf(database.collections, acme)).pending).toMatchObject({ count: 1 })
  })

  test('is claimed once by many instances that sweep at the same moment', async () => {
    const { handle } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme)], never)
    await closeWindow(database.collections, acme)
    const instances = Array.from({ length: 5 }, () => testDetector(database.collections))
    await Promise.all(instances.map((instance) => sweepWindows(instance, never)))
    expect(instances.flatMap(({ commands }) => commands)).toHaveLength(1)
  })

  test('opens the next window, in which further changes wait', async () => {
    const { detector, handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme)], never)
    await closeWindow(database.collections, acme)
    await sweepWindows(detector, never)
    await handle([changeAt(acme)], never)
    expect(commands).toHaveLength(2)
    expect((await windowOf(database.collections, acme)).pending).toMatchObject({ count: 1 })
  })
})

test('a closed window with nothing pending is not refreshed', async () => {
  const { detector, handle, commands } = setUp()
  await handle([changeAt(acme)], never)
  await closeWindow(database.collections, acme)
  await sweepWindows(detector, never)
  expect(commands).toHaveLength(1)
})

describe('a due window that the database cannot claim', () => {
  test.each([
    { what: 'cannot be computed', broken: { sequence: 'broken' }, code: 241 },
    { what: 'would break the schema', broken: { companyName: 5 }, code: 121 },
  ])('because it $what is logged and counted, and keeps no other from its refresh', async ({ broken, code }) => {
    const { detector, handle, commands } = setUp()
    const others = Array.from({ length: 8 }, (_, index) => `${index}-${acme}`)
    const companies = [...others.slice(0, 3), acme, ...others.slice(3)]
    for (const _ of ['claimed', 'pending']) {
      await handle(
        companies.map((companyId) => changeAt(companyId)),
        never,
      )
    }
    const { refreshWindows } = database.collections
    await refreshWindows.updateMany({}, { $set: { closesAt: new Date(0) } })
    const byHand = { bypassDocumentValidation: true }
    await refreshWindows.updateOne({ companyId: acme }, { $set: broken as never }, byHand)
    commands.length = 0

    const logger = createLogger('test', 'silent')
    const warn = vi.spyOn(logger, 'warn')
    await sweepWindows({ ...detector, logger }, never)
    expect(commands.map(({ companyId }) => companyId).toSorted()).toEqual(others.toSorted())
    expect(await windowOf(database.collections, acme)).toMatchObject({ ...broken, outbox: null, pending: { count: 1 } })
    expect(warn.mock.calls.map(([fields]) => fields)).toMatchObject([{ companyId: acme, databaseCode: code }])
    expect((await detector.metrics.refusedClaims.get()).values).toMatchObject([{ value: 1 }])
  })

  test('a page full of them ends, and what is behind it is claimed', async () => {
    const { detector, commands } = setUp()
    const window = { companyName: null, sequence: 'broken' as never, opensAt: new Date(0), outbox: null }
    const pending = { since: new Date(0), count: 1, changeTypes: [], triggeredBy: [] }
    const broken = Array.from({ length: 500 }, (_, index) => ({
      ...{ ...window, pending, claimToken: '' },
      ...{ companyId: `${index}-${acme}`, closesAt: new Date(0) },
    }))
    const { refreshWindows } = database.collections
    await refreshWindows.insertMany(broken, { bypassDocumentValidation: true })
    await refreshWindows.insertOne({
      ...{ ...window, pending, claimToken: '' },
      ...{ companyId: acme, sequence: 1, closesAt: new Date(1) },
    })
    await sweepWindows(detector, never)
    expect(commands.map(({ companyId }) => companyId)).toEqual([acme])
  })

  test('a database that is away ends the sweep at once', async () => {
    const { detector, handle } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme)], never)
    await closeWindow(database.collections, acme)
    let asked = 0
    const claimIfUnchanged = async () => {
      asked += 1
      throw new AppError('MongoDB is away', { code: 'mongodb_unavailable', fate: 'unavailable' })
    }
    const windows = { ...detector.stores.windows, claimIfUnchanged }
    const away = { ...detector, stores: { ...detector.stores, windows } }
    await expect(sweepWindows(away, never)).rejects.toMatchObject({ code: 'mongodb_unavailable' })
    expect(asked).toBe(1)
  })
})

describe('a command that was claimed and not produced', () => {
  const crash = async () => {
    const { detector, commands } = setUp()
    const dying = dyingAt(detector, 'publisher.publish', 'before')
    await expect(createBatchHandler(dying)([changeAt(acme)], never)).rejects.toThrow('died')
    expect(commands).toEqual([])
    return { detector, commands }
  }

  test('is produced as it was once it is older than five seconds', async () => {
    const { detector, commands } = await crash()
    const { outbox } = await windowOf(database.collections, acme)
    await sweepWindows(detector, never)
    expect(commands).toEqual([])

    await ageOutboxes(database.collections)
    await sweepWindows(detector, never)
    await sweepWindows(detector, never)
    expect(commands).toHaveLength(1)
    expect(commands[0]).toMatchObject({ commandId: outbox?.commandId, sequence: outbox?.sequence })
    expect((await windowOf(database.collections, acme)).outbox).toBeNull()
  })

  test('goes before the trailing refresh of its company', async () => {
    const { detector, commands } = await crash()
    await createBatchHandler(detector)([changeAt(acme)], never)
    await ageOutboxes(database.collections)
    await closeWindow(database.collections, acme)
    await sweepWindows(detector, never)
    expect(commands.map(({ sequence }) => sequence)).toEqual(commands.map(({ sequence }) => sequence).sort())
    expect(commands).toHaveLength(2)
  })

  test('holds back further claims while Kafka is away', async () => {
    const { detector } = await crash()
    await ageOutboxes(database.collections)
    const due = `due-${acme}`
    await createBatchHandler(detector)([changeAt(due)], never)
    await createBatchHandler(detector)([changeAt(due)], never)
    await closeWindow(database.collections, due)
    await expect(sweepWindows(dyingAt(detector, 'publisher.publish', 'before'), never)).rejects.toThrow('died')
    expect((await windowOf(database.collections, due)).pending).not.toBeNull()
  })
})

test('a sweep goes on page after page until nothing is due', async () => {
  const { detector, handle, commands } = setUp()
  const companies = Array.from({ length: 1_100 }, (_, index) => `many-${index}-${acme}`)
  await handle(
    companies.map((companyId) => changeAt(companyId)),
    never,
  )
  await handle(
    companies.map((companyId) => changeAt(companyId)),
    never,
  )
  await database.collections.refreshWindows.updateMany({}, { $set: { closesAt: new Date(0) } })
  await sweepWindows(detector, never)
  expect(commands).toHaveLength(2_200)
})

describe('the queries of the sweeper', () => {
  test.each([
    { query: 'findDue', index: 'closesAt_1' },
    { query: 'findStaleOutboxes', index: 'outbox.requestedAt_1' },
  ] as const)('$query reads only the index of windows that have something to do', async ({ query, index }) => {
    const { detector, handle } = setUp()
    await handle([changeAt(acme), changeAt(`b-${acme}`), changeAt(`c-${acme}`)], never)
    await database.db.command({ profile: 2 })
    if (query === 'findDue') await detector.stores.windows.findDue(500)
    else await detector.stores.windows.findStaleOutboxes(5_000, 500)
    await database.db.command({ profile: 0 })
    const [plan] = await database.db
      .collection('system.profile')
      .find({ op: 'query', ns: /refresh_windows$/ })
      .sort({ ts: -1 })
      .toArray()
    expect(plan?.planSummary).toContain(index.replace('_1', ': 1'))
    expect(plan?.docsExamined).toBe(0)
    await database.db.collection('system.profile').drop()
  })
})
