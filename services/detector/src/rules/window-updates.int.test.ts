import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { closeWindow, HOUR_MS, useTestDatabase, windowOf } from '../test-kit/test-detector.ts'
import { type Claim, claimOrMark, markOnly } from './window-updates.ts'

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
  const update = claimOrMark(changes(token), claim(token))
  await database.collections.refreshWindows.updateOne({ companyId: acme }, update, { upsert: true })
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

test('changes that are marked while their window closes are pending in it, for the sweeper', async () => {
  const won = await claimAs('a')
  await clearOutbox()
  await closeWindow(database.collections, acme)
  await database.collections.refreshWindows.updateOne({ companyId: acme }, markOnly(changes('b')))
  const { pending, sequence } = await windowOf(database.collections, acme)
  expect({ pending, sequence }).toMatchObject({
    pending: { count: 1, triggeredBy: ['test:b'] },
    sequence: won.sequence,
  })
})

test('a mark never makes a window of its own, so that no change is dropped into one that nobody sweeps', async () => {
  const mark = database.collections.refreshWindows.updateOne({ companyId: acme }, markOnly(changes('b')), {
    upsert: true,
  })
  await expect(mark).rejects.toMatchObject({ code: 121 })
})
