import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_BACKOFF } from '../supervisor/backoff.ts'
import { commonSpec, HOST, type Part } from './part.ts'
import { replicaSetIsReady } from './replica-set-ready.ts'

const REPLICA_SET = 'buyer-groups'

/** MongoDB as a replica set of one node: transactions, w:majority and the journal work as in production. */
export function mongodbPart(mongod: string): Part {
  return {
    name: 'mongodb',
    title: 'MongoDB replica set of one',
    defaultPort: 27017,
    portVariable: 'STACK_MONGODB_PORT',
    address: (port) => `mongodb://${HOST}:${port}/?replicaSet=${REPLICA_SET}`,
    async prepare(directory, port) {
      const data = join(directory.data, 'mongodb')
      await mkdir(data, { recursive: true })
      return {
        ...commonSpec(directory, 'mongodb'),
        command: mongod,
        args: [
          ...['--dbpath', data],
          ...['--port', String(port)],
          ...['--bind_ip', HOST],
          ...['--replSet', REPLICA_SET],
          ...['--wiredTigerCacheSizeGB', '1'],
          ...['--oplogSize', '512'],
          // The socket file would stand in /tmp, outside the stack's directory, and outlive a kill.
          '--nounixsocket',
          '--quiet',
          ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
          // With no other node to take over, waiting for one at the end only delays it.
          ...['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
        ],
        cwd: directory.data,
        env: process.env,
        isReady: () => replicaSetIsReady(HOST, port, REPLICA_SET),
        backoff: DEFAULT_BACKOFF,
      }
    },
  }
}
