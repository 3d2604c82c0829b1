import { randomUUID } from 'node:crypto'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import { type CommandStartedEvent, type Db, MongoClient } from 'mongodb'

export interface MigratedDatabase {
  readonly db: Db
  /** The same database through a client of its own, as another process has it. */
  readonly otherDb: Db
  readonly collections: Collections
  empty(): Promise<void>
  /** From now on notes the commands that go through `db`. */
  watchCommands(): readonly CommandStartedEvent[]
  close(): Promise<void>
}

/** A database of a test file's own at `uri`, by default MONGODB_URI, as the migrations make it; dropped by `close`. */
export async function openMigratedDatabase(uri = process.env.MONGODB_URI): Promise<MigratedDatabase> {
  if (uri === undefined) throw new Error('MONGODB_URI is not set: run the tests through "npm test"')
  // As a client comes unless told otherwise: the store itself sees to its concerns.
  const [client, otherClient] = [new MongoClient(uri, { monitorCommands: true }), new MongoClient(uri)]
  const name = `test_runs_${randomUUID().slice(0, 8)}`
  const [db, otherDb] = [client.db(name), otherClient.db(name)]
  await migrate(db, createLogger('test', 'fatal'))
  const collections = collectionsOf(db)
  return {
    db,
    otherDb,
    collections,
    empty: async () => {
      await Promise.all([collections.pipelineOperations.deleteMany({}), collections.pipelineStepResults.deleteMany({})])
    },
    watchCommands: () => {
      const commands: CommandStartedEvent[] = []
      client.on('commandStarted', (event) => commands.push(event))
      return commands
    },
    close: async () => {
      await db.dropDatabase()
      await Promise.all([client.close(), otherClient.close()])
    },
  }
}

/** Lets the claims that stand grow older, as if the database's clock had gone on. */
export async function passTime(db: Db, ms: number): Promise<void> {
  const heldUntil = { $dateSubtract: { startDate: '$heldUntil', unit: 'millisecond', amount: ms } }
  await collectionsOf(db).pipelineStepResults.updateMany({}, [{ $set: { heldUntil } }])
}
