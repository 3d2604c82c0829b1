import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { waitingEvent } from '../test-kit/waiting-event.ts'
import { findWaiting } from './find-waiting.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.collections.webhookEvents.deleteMany({}))

const waiting = async (...companyIds: string[]) => {
  const lists = await findWaiting(database.collections.webhookEvents, companyIds)
  return lists.map((list) => list.map(({ idempotencyKey }) => idempotencyKey))
}

describe('reading the waiting changes of several companies', () => {
  test('gives each its own, oldest first, and to both what waits for two', async () => {
    await database.collections.webhookEvents.insertMany([
      waitingEvent({ id: 'late', day: 3 }),
      waitingEvent({ id: 'move', day: 2, waitingFor: ['acme', 'beta'] }),
      waitingEvent({ id: 'early', day: 1 }),
      waitingEvent({ id: 'other', day: 1, companyId: 'gamma' }),
    ])
    expect(await waiting('acme', 'beta', 'nobody')).toEqual([
      ['test:early', 'test:move', 'test:late'],
      ['test:move'],
      [],
    ])
  })

  test('gives the oldest thousand of one with more, and everything of the others', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) => waitingEvent({ id: `e${index}`, day: 2 + index }))
    await database.collections.webhookEvents.insertMany([
      ...many.toReversed(),
      waitingEvent({ id: 'b1', day: 9_999, companyId: 'beta' }),
    ])
    const [acme, beta] = await waiting('acme', 'beta')
    expect(acme).toEqual(many.slice(0, 1_000).map(({ idempotencyKey }) => idempotencyKey))
    expect(beta).toEqual(['test:b1'])
  })
})
