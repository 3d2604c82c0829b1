import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMongoWindowStore } from '../stores/mongo-window-store.ts'
import { closeWindow, HOUR_MS, useTestDatabase, windowOf } from '../test-kit/test-detector.ts'
import { type Claim, claimOrMark } from './window-updates.ts'

/** The database decides every race here, so each state that a racing claimer can find is put before it by hand. */
const database = useTestDatabase()
let acme: string
beforeEach(() => {
  acme = `acme-${randomUUID()}`
})

const claim = (token: string): Claim => ({
  token,
  windowMs: HOUR_MS,
  workspaceId: 'default',
  reason: 'webhook',
  priority: 'normal',
  commandId: null,
})
const changes = (person: string) => ({
  companyId: acme,
  companyName: null,
  count: 1,
  changeTypes: ['person.promotion'],
  triggeredBy: [`test:${person}`],
})
const claimAs = async (token: string) => {
  await createMongoWindowStore(database.collections.refreshWindows).claimOrMark([changes(token)], claim(token))
  return windowOf(database.collections, acme)
}
const clearOutbox = () => database.collections.refreshWindows.updateOne({ companyId: acme }, { $set: { outbox: null } })

describe('who comes to a window that was free a moment ago', () => {
  test('marks it if another has claimed it', async () => {
    const won = await claimAs('a')
    expect(await claimAs('b')).toEqual({ ...won, pending: expect.objectContaining({ triggeredBy: ['test:b'] }) })
  })

  test('marks it if another has claimed it and produced its command already', async () => {
    const won = await claimAs('a')
    await clearOutbox()
    expect(await claimAs('b')).toMatchObject({
      claimToken: 'a',
      sequence: won.sequence,
      outbox: null,
      pending: { count: 1 },
    })
  })

  test('marks it if it has closed and its command still waits to be produced', async () => {
    const won = await claimAs('a')
    await closeWindow(database.collections, acme)
    expect(await claimAs('b')).toMatchObject({ claimToken: 'a', outbox: won.outbox, pending: { count: 1 } })
  })

  test('claims it if it has closed, and takes over what is pending', async () => {
    const first = await claimAs('a')
    await clearOutbox()
    await claimAs('b')
    await closeWindow(database.collections, acme)
    const next = await claimAs('c')
    expect(next).toMatchObject({ claimToken: 'c', pending: null })
    expect(next.sequence).toBeGreaterThan(first.sequence)
    expect(next.outbox).toMatchObject({
      triggeredBy: ['test:c', 'test:b'],
      triggeredByCount: 2,
      sequence: next.sequence,
    })
  })
})

test('changes whose window closes between the look at it and their mark are pending in it, for the sweeper', async () => {
  const won = await claimAs('a')
  await clearOutbox()
  await closeWindow(database.collections, acme)
  const { refreshWindows } = database.collections
  await refreshWindows.updateOne({ companyId: acme }, [...claimOrMark([changes('b')], claim('b'), new Set([acme]))])
  const { pending, sequence } = await windowOf(database.collections, acme)
  expect({ pending, sequence }).toMatchObject({
    pending: { count: 1, triggeredBy: ['test:b'] },
    sequence: won.sequence,
  })
})

test('a window that vanishes before the mark is a failure, so that no change is dropped in silence', async () => {
  await claimAs('a')
  const { refreshWindows } = database.collections
  const vanishing = new Proxy(refreshWindows, {
    get: (target, property) => {
      if (property !== 'bulkWrite') return Reflect.get(target, property).bind?.(target) ?? Reflect.get(target, property)
      return async (...args: Parameters<typeof target.bulkWrite>) => {
        await target.deleteOne({ companyId: acme })
        return target.bulkWrite(...args)
      }
    },
  })
  const marking = createMongoWindowStore(vanishing).claimOrMark([changes('b')], claim('b'))
  await expect(marking).rejects.toMatchObject({ code: 'window_vanished', fate: 'unavailable' })
})

test('every company of more than fit in one statement gets its own', async () => {
  const { refreshWindows } = database.collections
  const store = createMongoWindowStore(refreshWindows)
  const names = Array.from({ length: 250 }, (_, index) => `${acme}-$${index}`)
  const each = names.map((companyId) => ({ ...changes(companyId), companyId, companyName: `$$ROOT of ${companyId}` }))
  const won = await store.claimOrMark(each, claim('a'))
  expect(new Map(won.map(({ companyId, outbox }) => [companyId, outbox?.triggeredBy]))).toEqual(
    new Map(names.map((companyId) => [companyId, [`test:${companyId}`]])),
  )
  expect(await store.claimOrMark(each, claim('b'))).toEqual([])
  for (const companyId of names) {
    expect(await windowOf(database.collections, companyId)).toMatchObject({
      companyName: `$$ROOT of ${companyId}`,
      claimToken: 'a',
      pending: { count: 1, triggeredBy: [`test:${companyId}`] },
    })
  }
})
