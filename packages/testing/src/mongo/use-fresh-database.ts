import { randomUUID } from 'node:crypto'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import type { Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach } from 'vitest'

/**
 * Gives each test of the file an empty database of its own at `MONGODB_URI`, dropped when the test ends. Call it at the
 * top of the file; what it returns gives the current test's.
 */
export function useFreshDatabase(): () => Db {
  let client: MongoClient
  let db: Db

  beforeAll(async () => {
    const uri = process.env.MONGODB_URI
    if (uri === undefined) throw new Error('MONGODB_URI is not set: run the tests through "npm test"')
    const connected = await connectMongo({ uri, database: 'unused', appName: 'test' })
    client = connected.client
  })

  beforeEach(() => {
    const fresh = client.db(`test_${randomUUID()}`)
    db = fresh
    return async () => {
      await fresh.dropDatabase()
    }
  })

  afterAll(() => client?.close())

  return () => db
}
