import { setTimeout as wait } from 'node:timers/promises'
import { prepareMongod, REPLICA_SET } from '@buyer-group/stack/parts/mongodb.ts'
import { HOST } from '@buyer-group/stack/parts/part.ts'
import { type Document, MongoClient } from 'mongodb'
import { freePort } from '../processes/free-port.ts'
import type { OnEnd } from './on-end.ts'
import { ownDirectory } from './own-directory.ts'
import { type OwnProcess, ownProcess } from './own-process.ts'
import { mongodProgram } from './programs.ts'

const POLL_MS = 50
const PRIMARY_WITHIN_MS = 60_000

/** mongod with little memory, and with `failCommand`. */
const ARGS = [
  ...['--wiredTigerCacheSizeGB', '0.25'],
  ...['--setParameter', 'enableTestCommands=1'],
  ...['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
]

/** A member of a replica set of a test's own. */
export interface OwnMember extends OwnProcess {
  /** host:port. */
  readonly host: string
  /** Runs a command on this member's `admin` database. */
  command(command: Document): Promise<Document>
}

export interface OwnReplicaSet {
  readonly members: readonly OwnMember[]
  /** As MONGODB_URI. */
  readonly uri: string
  /** The member that accepts writes now; waits for one, at most a minute. */
  primary(): Promise<OwnMember>
}

/** Starts a replica set of a test's own with one or three members, and waits for its primary. */
export async function startReplicaSet(onEnd: OnEnd, size: 1 | 3): Promise<OwnReplicaSet> {
  const mongod = await mongodProgram()
  const members = await Promise.all(Array.from({ length: size }, () => startMember(onEnd, mongod)))
  const hosts = members.map(({ host }) => host)
  const [first] = members
  await first?.command({
    replSetInitiate: {
      _id: REPLICA_SET,
      members: hosts.map((host, _id) => ({ _id, host })),
      settings: { electionTimeoutMillis: 3_000 },
    },
  })
  const set = {
    members,
    uri: `mongodb://${hosts.join(',')}/?replicaSet=${REPLICA_SET}`,
    primary: () => findPrimary(members),
  }
  await set.primary()
  return set
}

async function startMember(onEnd: OnEnd, mongod: string): Promise<OwnMember> {
  const port = await freePort()
  const command = (document: Document) => runOn(port, document)
  const spec = await prepareMongod(mongod, await ownDirectory(onEnd, 'mongod'), {
    port,
    args: ARGS,
    isReady: async () => (await command({ ping: 1 })).ok === 1,
  })
  const member = { ...ownProcess(onEnd, spec), host: `${HOST}:${port}`, command }
  await member.start()
  return member
}

async function findPrimary(members: readonly OwnMember[]): Promise<OwnMember> {
  const deadline = performance.now() + PRIMARY_WITHIN_MS
  while (performance.now() < deadline) {
    for (const member of members) {
      if (!member.isRunning()) continue
      const hello = await member.command({ hello: 1 }).catch(() => undefined)
      if (hello?.isWritablePrimary === true) return member
    }
    await wait(POLL_MS)
  }
  throw new Error(`the replica set had no primary for ${PRIMARY_WITHIN_MS} ms`)
}

/** One command on a connection of its own, to this member whatever its role. */
async function runOn(port: number, command: Document): Promise<Document> {
  const client = new MongoClient(`mongodb://${HOST}:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    retryWrites: false,
  })
  try {
    return await client.db('admin').command(command)
  } finally {
    await client.close()
  }
}
