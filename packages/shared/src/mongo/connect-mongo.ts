import { type Db, MongoClient } from 'mongodb'

export interface MongoOptions {
  readonly uri: string
  readonly database: string
  readonly appName: string
  /** How long one operation may wait for a usable server, in milliseconds. */
  readonly serverSelectionTimeoutMs?: number
}

/**
 * Connects with the write concern every guarantee rests on (majority, journaled) and reads from the primary.
 * @throws MongoServerSelectionError when no primary answers in time.
 */
export async function connectMongo(options: MongoOptions): Promise<{ client: MongoClient; db: Db }> {
  const client = new MongoClient(options.uri, {
    appName: options.appName,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: true,
    serverSelectionTimeoutMS: options.serverSelectionTimeoutMs ?? 5_000,
    socketTimeoutMS: 30_000,
    ignoreUndefined: true,
  })
  await client.connect()
  return { client, db: client.db(options.database) }
}
