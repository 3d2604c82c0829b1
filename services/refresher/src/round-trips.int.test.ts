import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTemporaryDatabase } from './test-kit/temporary-database.ts'
import { command, createTestRefresher } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let client: MongoClient
const commands: string[] = []

beforeAll(async () => {
  database = await openTemporaryDatabase()
  client = new MongoClient(process.env.MONGODB_URI ?? '', { monitorCommands: true })
  client.on('commandStarted', ({ commandName }) => commands.push(commandName))
  await client.connect()
})
afterAll(async () => {
  await client.close()
  await database.close()
})

test('a refresh asks MongoDB as often for seven hundred changed people as for two', async () => {
  const refresher = await createTestRefresher(client.db(database.db.databaseName))
  const roundTrips = async (sequence: number, people: number) => {
    await database.collections.webhookEvents.insertMany(
      Array.from({ length: people }, (_, index) =>
        waitingEvent({
          id: `e${sequence}_${index}`,
          day: sequence,
          person: { id: `p${index}`, email: `p${index}@x.io` },
        }),
      ),
    )
    commands.length = 0
    await refresher.handle(command(sequence))
    return [...commands]
  }
  await roundTrips(1, 1)
  const forTwo = await roundTrips(2, 2)
  const forMany = await roundTrips(3, 700)
  expect(forMany.toSorted()).toEqual(forTwo.toSorted())
  expect(forMany.length).toBeLessThanOrEqual(14)
})

test('refreshes side by side share their round trips', async () => {
  const { handle } = await createTestRefresher(client.db(database.db.databaseName))
  const companies = Array.from({ length: 30 }, (_, index) => `company-${index}`)
  const refreshAll = async (sequence: number) => {
    await database.collections.webhookEvents.insertMany(
      companies.map((companyId) => waitingEvent({ id: `${companyId}_${sequence}`, day: sequence, companyId })),
    )
    commands.length = 0
    await Promise.all(
      companies.map((companyId) => handle(command(sequence, { companyId, commandId: `${companyId}:${sequence}` }))),
    )
    return commands.length
  }
  await refreshAll(1)
  // One alone asks 14 times.
  expect(await refreshAll(2)).toBeLessThanOrEqual(4 * 14)
  expect(await database.collections.webhookEvents.countDocuments({ waitingFor: { $in: companies } })).toBe(0)
})
