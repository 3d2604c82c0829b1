import { type Db, MongoClient, MongoServerError } from 'mongodb'

const NOT_YET_INITIALIZED = 94

/**
 * Brings the one-node replica set to a writable primary, one step a call: initiates it the first time, and gives it its
 * new address when its port has moved since.
 * @returns true once the node accepts writes
 * @throws the driver's error while the server cannot be reached
 */
export async function replicaSetIsReady(host: string, port: number, name: string): Promise<boolean> {
  const client = new MongoClient(`mongodb://${host}:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    socketTimeoutMS: 10_000,
  })
  try {
    await client.connect()
    return await advance(client.db('admin'), `${host}:${port}`, name)
  } finally {
    await client.close()
  }
}

async function advance(admin: Db, address: string, name: string): Promise<boolean> {
  const config = await admin.command({ replSetGetConfig: 1 }).then((reply) => reply.config, onUninitialized)
  if (config === undefined) {
    await admin.command({ replSetInitiate: { _id: name, members: [{ _id: 0, host: address }] } })
    return false
  }
  if (config.members[0].host !== address) {
    const moved = { ...config, version: config.version + 1, members: [{ ...config.members[0], host: address }] }
    await admin.command({ replSetReconfig: moved, force: true })
    return false
  }
  const hello = await admin.command({ hello: 1 })
  return hello.isWritablePrimary === true
}

function onUninitialized(error: unknown): undefined {
  if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined
  throw error
}
