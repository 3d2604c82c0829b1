import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StackDirectory } from '../stack-directory.ts'
import { DEFAULT_BACKOFF } from '../supervisor/backoff.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import { commonSpec, HOST, type Part } from './part.ts'
import { replicaSetIsReady } from './replica-set-ready.ts'

/** The replica set's name, in its configuration and in its address. */
export const REPLICA_SET = 'buyer-groups'

/** MongoDB as a replica set of one node: transactions, w:majority and the journal work as in production. */
export function mongodbPart(mongod: string): Part {
  return {
    name: 'mongodb',
    title: 'MongoDB replica set of one',
    defaultPort: 27017,
    portVariable: 'STACK_MONGODB_PORT',
    address: (port) => `mongodb://${HOST}:${port}/?replicaSet=${REPLICA_SET}`,
    prepare: (directory, port) =>
      prepareMongod(mongod, directory, {
        port,
        isReady: () => replicaSetIsReady(HOST, port, REPLICA_SET),
        args: [
          ...['--wiredTigerCacheSizeGB', '1'],
          // With no other node to take over, waiting for one at the end only delays it.
          ...['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
        ],
      }),
  }
}

/** Lays out the data directory of one member of the replica set, and says how to run it. */
export async function prepareMongod(
  mongod: string,
  directory: StackDirectory,
  options: { readonly port: number; readonly args: readonly string[]; readonly isReady: () => Promise<boolean> },
): Promise<ProcessSpec> {
  const data = join(directory.data, 'mongodb')
  await mkdir(data, { recursive: true })
  return {
    ...commonSpec(directory, 'mongodb'),
    command: mongod,
    args: [
      ...['--dbpath', data],
      ...['--port', String(options.port)],
      ...['--bind_ip', HOST],
      ...['--replSet', REPLICA_SET],
      ...['--oplogSize', '512'],
      // The socket file would stand in /tmp, outside the stack's directory, and outlive a kill.
      '--nounixsocket',
      '--quiet',
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...options.args,
    ],
    cwd: directory.data,
    env: process.env,
    isReady: options.isReady,
    backoff: DEFAULT_BACKOFF,
  }
}
