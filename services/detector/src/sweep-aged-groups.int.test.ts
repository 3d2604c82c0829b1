import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { createAgedSweep } from './sweep-aged-groups.ts'
import { sweepWindows } from './sweep-windows.ts'
import { dyingAt } from './test-kit/failing-detector.ts'
import { changeAt, never, request } from './test-kit/messages.ts'
import { storeGroup } from './test-kit/stored-group.ts'
import { ageOutboxes, closeWindow, HOUR_MS, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const DAY_MS = 24 * HOUR_MS
const MAX_AGE_MS = 30 * DAY_MS
const OLD = { agoMs: MAX_AGE_MS + HOUR_MS }

const database = useTestDatabase()
let acme: string
beforeEach(async () => {
  acme = `acme-${randomUUID()}`
  await database.collections.refreshWindows.deleteMany({})
  await database.collections.buyerGroups.deleteMany({})
})

const setUp = () => {
  const detector = testDetector(database.collections)
  const sweepAged = createAgedSweep(detector, MAX_AGE_MS)
  return { detector, commands: detector.commands, handle: createBatchHandler(detector), sweepAged }
}

/** As the refresher leaves it: the group replaced under the sequence of the company's last command. */
const refreshed = async (companyId: string, agoMs = 0) => {
  const { sequence } = await windowOf(database.collections, companyId)
  await storeGroup(database.collections, companyId, { agoMs, sequence })
}

describe('a group older than the maximum age', () => {
  test('is refreshed once, at low priority, with a window of its own', async () => {
    const { commands, sweepAged } = setUp()
    await storeGroup(database.collections, acme, OLD)
    await sweepAged()
    await sweepAged()

    const { sequence, opensAt, closesAt, outbox } = await windowOf(database.collections, acme)
    expect(closesAt.getTime() - opensAt.getTime()).toBe(HOUR_MS)
    expect(outbox).toBeNull()
    expect(commands).toEqual([
      {
        commandId: `${acme}:${sequence}`,
        companyId: acme,
        companyName: null,
        workspaceId: 'default',
        reason: 'scheduled',
        priority: 'low',
        changeTypes: [],
        triggeredBy: [],
        triggeredByCount: 0,
        sequence,
        requestedAt: opensAt.getTime(),
      },
    ])
  })

  test('is refreshed whether or not it has members, and a younger one is left alone', async () => {
    const { commands, sweepAged } = setUp()
    const member = { personId: 'p', name: 'P', email: null, title: 'CTO', seniority: 'c', department: 'd' }
    await storeGroup(database.collections, acme, { ...OLD, members: [{ ...member, role: 'r', score: 1 }] })
    await storeGroup(database.collections, `empty-${acme}`, OLD)
    await storeGroup(database.collections, `young-${acme}`, { agoMs: MAX_AGE_MS - HOUR_MS })
    await sweepAged()
    expect(commands.map(({ companyId }) => companyId).toSorted()).toEqual([acme, `empty-${acme}`])
  })

  test('is claimed once by many instances that sweep at the same moment', async () => {
    const companies = Array.from({ length: 50 }, (_, index) => `${index}-${acme}`)
    await Promise.all(companies.map((companyId) => storeGroup(database.collections, companyId, OLD)))
    const instances = Array.from({ length: 5 }, setUp)
    await Promise.all(instances.map(({ sweepAged }) => sweepAged()))
    const claimed = instances.flatMap(({ commands }) => commands.map(({ companyId }) => companyId))
    expect(claimed.toSorted()).toEqual(companies.toSorted())
  })

  test('is never refreshed by a sweep that has no maximum age', async () => {
    const { detector, commands } = setUp()
    await storeGroup(database.collections, acme, OLD)
    await sweepWindows(detector, never)
    expect(commands).toEqual([])
  })

  test('is left alone inside a window, and due at its end', async () => {
    const { commands, handle, sweepAged } = setUp()
    await handle([changeAt(acme)], never)
    await refreshed(acme, OLD.agoMs)
    await sweepAged()
    expect(commands).toHaveLength(1)
    await closeWindow(database.collections, acme)
    await sweepAged()
    expect(commands.map(({ reason }) => reason)).toEqual(['webhook', 'scheduled'])
  })

  test('is left to the trailing refresh where changes are pending', async () => {
    const { detector, commands, handle, sweepAged } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme)], never)
    await refreshed(acme, OLD.agoMs)
    await closeWindow(database.collections, acme)
    await sweepAged()
    expect(commands).toHaveLength(1)
    await sweepWindows(detector, never)
    expect(commands.map(({ reason }) => reason)).toEqual(['webhook', 'webhook'])
  })

  test('is left alone if it was claimed between the look and the claim', async () => {
    const { detector, commands, handle } = setUp()
    await storeGroup(database.collections, acme, OLD)
    const readSchedule: typeof detector.stores.windows.readSchedule = async (companyIds, maxAgeMs) => {
      const states = await detector.stores.windows.readSchedule(companyIds, maxAgeMs)
      await handle([request(acme)], never)
      return states
    }
    const racing = {
      ...detector,
      stores: { ...detector.stores, windows: { ...detector.stores.windows, readSchedule } },
    }
    await createAgedSweep(racing, MAX_AGE_MS)()
    expect(commands.map(({ reason }) => reason)).toEqual(['manual'])
  })

  test('is left alone if it was refreshed between the look and the claim', async () => {
    const { detector, commands, handle } = setUp()
    await storeGroup(database.collections, acme, OLD)
    const findAged: typeof detector.stores.groups.findAged = async (...args) => {
      const groups = await detector.stores.groups.findAged(...args)
      await handle([request(acme)], never)
      await refreshed(acme)
      await closeWindow(database.collections, acme)
      return groups
    }
    await createAgedSweep({ ...detector, stores: { ...detector.stores, groups: { findAged } } }, MAX_AGE_MS)()
    expect(commands.map(({ reason }) => reason)).toEqual(['manual'])
  })
})

describe('a scheduled command', () => {
  test('that was claimed and not produced is produced by the sweep of outboxes', async () => {
    const { detector, commands } = setUp()
    await storeGroup(database.collections, acme, OLD)
    const dying = createAgedSweep(dyingAt(detector, 'publisher.publish', 'before'), MAX_AGE_MS)
    await expect(dying()).rejects.toThrow('died')
    await ageOutboxes(database.collections)
    await sweepWindows(detector, never)
    expect(commands.map(({ reason }) => reason)).toEqual(['scheduled'])
  })

  test('is not made again while it waits for its turn, even if its window is over by then', async () => {
    const { commands, sweepAged } = setUp()
    await storeGroup(database.collections, acme, OLD)
    await sweepAged()
    await closeWindow(database.collections, acme)
    await sweepAged()
    expect(commands).toHaveLength(1)
  })

  test('is made again in the next window where its refresh has failed', async () => {
    const { commands, sweepAged } = setUp()
    await storeGroup(database.collections, acme, OLD)
    await sweepAged()
    const commandId = commands[0]?.commandId ?? ''
    await database.collections.refreshLogs.updateOne({ commandId }, { $set: { status: 'failed' } })
    await sweepAged()
    expect(commands).toHaveLength(1)
    await closeWindow(database.collections, acme)
    await sweepAged()
    expect(commands).toHaveLength(2)
  })

  test('is made again where nothing came of it for as long as the maximum age', async () => {
    const { commands, sweepAged } = setUp()
    await storeGroup(database.collections, acme, OLD)
    await sweepAged()
    await database.collections.refreshWindows.updateOne({ companyId: acme }, [
      { $set: { opensAt: { $subtract: ['$$NOW', MAX_AGE_MS] }, closesAt: { $subtract: ['$$NOW', 1] } } },
    ])
    await sweepAged()
    expect(commands).toHaveLength(2)
  })
})

test('a window that the database cannot claim keeps neither its page nor the next from being refreshed', async () => {
  const { detector, commands } = setUp()
  const companies = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter}-${acme}`)
  for (const [index, companyId] of companies.entries()) {
    await storeGroup(database.collections, companyId, { agoMs: OLD.agoMs - index })
  }
  const broken = { companyName: null, opensAt: new Date(0), closesAt: new Date(0), pending: null, outbox: null }
  await database.collections.refreshWindows.insertOne(
    { ...broken, companyId: companies[1] ?? '', sequence: 'broken' as never, claimToken: '' },
    { bypassDocumentValidation: true },
  )
  const sweepAged = createAgedSweep(detector, MAX_AGE_MS, 3)
  await sweepAged()
  await sweepAged()
  expect(commands.map(({ companyId }) => companyId).toSorted()).toEqual(companies.toSpliced(1, 1))
  expect((await detector.metrics.refusedClaims.get()).values).toMatchObject([{ value: 1 }])
})

test('a sweep looks at one page, the next goes on behind it, also among groups of one instant, and begins anew', async () => {
  const { detector, commands } = setUp()
  const companies = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter}-${acme}`)
  for (const companyId of companies) await storeGroup(database.collections, companyId, OLD)
  const refreshedAt = new Date(Date.now() - OLD.agoMs)
  await database.collections.buyerGroups.updateMany({}, { $set: { refreshedAt } })

  const sweepAged = createAgedSweep(detector, MAX_AGE_MS, 2)
  for (const count of [2, 4, 5]) {
    await sweepAged()
    expect(commands.map(({ companyId }) => companyId)).toEqual(companies.slice(0, count))
  }
  await storeGroup(database.collections, `0-${acme}`, { agoMs: 2 * OLD.agoMs })
  await sweepAged()
  expect(commands.at(-1)?.companyId).toBe(`0-${acme}`)
})

test('looking for aged groups reads only those, whatever the number of others', async () => {
  const { detector } = setUp()
  await storeGroup(database.collections, acme, OLD)
  for (const name of ['b', 'c', 'd']) await storeGroup(database.collections, `${name}-${acme}`, { agoMs: 0 })
  await database.db.command({ profile: 2 })
  const [first] = await detector.stores.groups.findAged(MAX_AGE_MS, null, 500)
  await detector.stores.groups.findAged(MAX_AGE_MS, first ?? null, 500)
  await database.db.command({ profile: 0 })
  const plans = await database.db
    .collection('system.profile')
    .find({ op: 'query', ns: /buyer_groups$/ })
    .toArray()
  expect(plans).toHaveLength(2)
  for (const { planSummary } of plans) {
    expect(planSummary).toContain('IXSCAN { refreshedAt: 1, companyId: 1 }')
    expect(planSummary).not.toContain('COLLSCAN')
  }
  for (const { docsExamined } of plans) expect(docsExamined).toBeLessThanOrEqual(1)
  await database.db.collection('system.profile').drop()
})
