import { createMemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { createMemoryStores } from './memory-stores.ts'
import { describeRefresherStores } from './stores-contract.ts'

describeRefresherStores('memory', async () => {
  const database = createMemoryDatabase(() => new Date())
  return {
    stores: createMemoryStores(database),
    all: async (name) => [...database[name].values()] as never,
    putEvents: async (events) => {
      for (const event of events) database.events.set(event.idempotencyKey, event)
    },
    putWindow: async (window) => void database.windows.set(window.companyId, window),
  }
})
