import { describeDetectorStores } from '../test-kit/stores-contract.ts'
import { useTestDatabase } from '../test-kit/test-detector.ts'
import { createMongoStores } from './mongo-stores.ts'

const database = useTestDatabase()

describeDetectorStores('MongoDB', () => {
  const { webhookEvents, refreshWindows, refreshLogs, buyerGroups, people, positions } = database.collections
  const byName = { events: webhookEvents, windows: refreshWindows, logs: refreshLogs }
  return {
    stores: createMongoStores(database.collections),
    all: async (name) => (await byName[name].find({}, { projection: { _id: 0 } }).toArray()) as never,
    putWindow: async (window) => {
      await refreshWindows.replaceOne({ companyId: window.companyId }, window, {
        upsert: true,
        bypassDocumentValidation: true,
      })
    },
    putGroup: async (group) => {
      await buyerGroups.insertOne({ ...group })
    },
    putPerson: async (person, places) => {
      await people.insertOne({ ...person })
      await positions.insertMany(places.map((place) => ({ ...place })))
    },
    releaseAll: async (companyId) => {
      await webhookEvents.updateMany({ waitingFor: companyId }, { $pull: { waitingFor: companyId } })
    },
  }
})
