import { createMemoryDatabase, placeKey } from '@buyer-group/testing/memory/memory-database.ts'
import { createMemoryStores } from './memory-stores.ts'
import { describeDetectorStores } from './stores-contract.ts'

describeDetectorStores('memory', () => {
  const database = createMemoryDatabase(() => new Date())
  return {
    stores: createMemoryStores(database),
    all: async (name) => [...database[name].values()] as never,
    putWindow: async (window) => void database.windows.set(window.companyId, window),
    putGroup: async (group) => void database.groups.set(group.companyId, group),
    putPerson: async (person, places) => {
      database.people.set(person.personId, person)
      for (const place of places) database.positions.set(placeKey(place), place)
    },
    releaseAll: async (companyId) => {
      for (const [key, event] of database.events) {
        database.events.set(key, { ...event, waitingFor: event.waitingFor.filter((id) => id !== companyId) })
      }
    },
  }
})
