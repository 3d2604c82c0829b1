import { type Db, MongoClient } from 'mongodb'

/** How long one operation may wait for the primary. */
const SERVER_SELECTION_TIMEOUT_MS = 2_000

/**
 * A client that connects with its first operation, so that ingest starts and takes events while MongoDB is away.
 * It only ever reads.
 */
export function openMongo(uri: string, database: string): { client: MongoClient; db: Db } {
  const client = new MongoClient(uri, {
    appName: 'ingest',
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
    connectTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
  })
  return { client, db: client.db(database) }
}

/** The primary's own time, in milliseconds since the epoch. @throws what the driver throws when it is away. */
export async function readDatabaseTime(db: Db): Promise<number> {
  const { localTime } = await db.command({ hello: 1 }, { timeoutMS: SERVER_SELECTION_TIMEOUT_MS })
  if (!(localTime instanceof Date)) throw new TypeError('hello gave no localTime')
  return localTime.getTime()
}
