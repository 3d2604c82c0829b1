import type { Db, MongoClient } from 'mongodb'
import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import { connectMongo, type MongoOptions } from '../mongo/connect-mongo.ts'

/**
 * Connects for a one-shot command, whose user needs to hear which address does not answer.
 * @throws AppError `mongodb_unavailable` (unavailable) naming the hosts, never the password.
 */
export async function connectForCommand(options: MongoOptions): Promise<{ client: MongoClient; db: Db }> {
  try {
    return await connectMongo(options)
  } catch (error) {
    const { message } = classifyError(error)
    throw new AppError(`MongoDB does not answer at ${hostsOf(options.uri)} (MONGODB_URI): ${message}`, {
      code: 'mongodb_unavailable',
      fate: 'unavailable',
      cause: error,
    })
  }
}

/** The hosts of a connection string, without the password that it may hold. */
function hostsOf(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/.exec(uri)?.[1] ?? 'an unreadable address'
}
