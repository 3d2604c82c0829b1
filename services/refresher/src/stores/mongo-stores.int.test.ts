import { afterAll, beforeAll } from 'vitest'
import { describeRefresherStores } from '../test-kit/stores-contract.ts'
import { openTemporaryDatabase } from '../test-kit/temporary-database.ts'
import { createMongoStores } from './mongo-stores.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())

describeRefresherStores('MongoDB', async () => {
  const { collections } = database
  for (const collection of Object.values(collections)) await collection.deleteMany({})
  const byName = {
    events: collections.webhookEvents,
    windows: collections.refreshWindows,
    logs: collections.refreshLogs,
    people: collections.people,
    positions: collections.positions,
    groups: collections.buyerGroups,
  }
  return {
    stores: createMongoStores(collections),
    all: async (name) => (await byName[name].find({}, { projection: { _id: 0 } }).toArray()) as never,
    putEvents: async (events) => {
      await collections.webhookEvents.insertMany(events.map((event) => ({ ...event })))
    },
    putWindow: async (window) => {
      await collections.refreshWindows.insertOne({ ...window })
    },
  }
})
