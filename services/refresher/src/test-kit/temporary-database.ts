import { randomUUID } from 'node:crypto'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import type { Db } from 'mongodb'

/** A migrated database of a test file's own at `MONGODB_URI`, dropped by `close`. */
export async function openTemporaryDatabase(): Promise<{ db: Db; collections: Collections; close(): Promise<void> }> {
  const uri = process.env.MONGODB_URI
  if (uri === undefined) throw new Error('MONGODB_URI is not set: start the stack with "npm run stack:up"')
  const database = `test_refresher_${randomUUID().slice(0, 8)}`
  const { client, db } = await connectMongo({ uri, database, appName: 'refresher-tests' })
  await migrate(db, createLogger('refresher-tests', 'fatal'))
  return {
    db,
    collections: collectionsOf(db),
    close: async () => {
      await db.dropDatabase()
      await client.close()
    },
  }
}
