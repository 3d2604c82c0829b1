import { randomBytes } from 'node:crypto'
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import getPort, { portNumbers } from 'get-port'
import { runClient } from '../download/run-client.ts'
import type { Tool } from '../prerequisites/tools.ts'
import { PROJECT, type StackDirectory } from '../stack-directory.ts'
import { StackError } from '../stack-error.ts'
import { DEFAULT_BACKOFF } from '../supervisor/backoff.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import { KAFKA_VERSION } from '../versions.ts'
import { kafkaIsReady } from './kafka-ready.ts'
import { commonSpec, HOST, type Part } from './part.ts'

/** One Kafka node in KRaft mode, broker and controller in one process. */
export function kafkaPart(java: Tool, libraries: string): Part {
  return {
    name: 'kafka',
    title: `Apache Kafka ${KAFKA_VERSION}`,
    defaultPort: 9092,
    portVariable: 'STACK_KAFKA_PORT',
    address: (port) => `${HOST}:${port}`,
    prepare: async (directory, port) =>
      prepareBroker({ java, libraries }, directory, {
        port,
        controllerPort: await getPort({ port: portNumbers(19_093, 19_193) }),
      }),
  }
}

/** What a broker is run with. */
export type BrokerProgram = { readonly java: Tool; readonly libraries: string }

/** What tells one broker from another. */
export type BrokerOptions = {
  readonly port: number
  readonly controllerPort: number
  /** 1 unless given. */
  readonly nodeId?: number
  /** `id@host:port` of every controller, comma-separated; this node alone unless given. */
  readonly voters?: string
  /** Must be the same for all brokers of a cluster; a random one unless given. */
  readonly clusterId?: string
  /** Java's options for the size of the heap; from 256 MiB to 1 GiB unless given. */
  readonly heap?: readonly string[]
  /** Settings beside those of `brokerProperties`, or instead of them. */
  readonly properties?: Readonly<Record<string, string | number>>
}

/**
 * Lays out one broker's configuration and data where they are not yet, and says how to run it.
 * @throws StackError `part_failed` when the directory holds something, but not the data of a broker
 */
export async function prepareBroker(
  { java, libraries }: BrokerProgram,
  directory: StackDirectory,
  options: BrokerOptions,
): Promise<ProcessSpec> {
  const data = join(directory.data, 'kafka')
  const classPath = join(libraries, '*')
  const configuration = join(directory.run, 'kafka.properties')
  await writeProperties(configuration, data, options)
  await formatOnce(java, classPath, directory, data, options)
  return {
    ...commonSpec(directory, 'kafka'),
    command: java.command,
    args: [
      ...(options.heap ?? ['-Xms256m', '-Xmx1g']),
      // The second compiler never pays off here: it takes half of the broker's processor time in its first minutes.
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j2.configurationFile=file:${join(PROJECT, 'stack/config/kafka-log4j2.properties')}`,
      '-cp',
      classPath,
      'kafka.Kafka',
      configuration,
    ],
    cwd: directory.data,
    env: process.env,
    isReady: () => kafkaIsReady(HOST, options.port),
    backoff: DEFAULT_BACKOFF,
  }
}

/** The broker's settings (documented in Kafka's broker configuration reference). */
export function brokerProperties(data: string, options: BrokerOptions): Record<string, string | number> {
  const { port, controllerPort, nodeId = 1 } = options
  return {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': options.voters ?? `${nodeId}@${HOST}:${controllerPort}`,
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    'num.partitions': 12,
    // Topics are made on purpose, with the settings of the contract, never by a misspelt name.
    'auto.create.topics.enable': 'false',
    // Kafka's own default, which managed clusters keep: what fits here fits there.
    'message.max.bytes': 1_048_588,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 10,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Sized for a machine of two cores that runs everything else too.
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 33_554_432,
    ...options.properties,
  }
}

async function writeProperties(path: string, data: string, options: BrokerOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const lines = Object.entries(brokerProperties(data, options)).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(path, lines.join(''))
}

/**
 * Gives a new data directory its cluster id. It is formatted beside its place and then renamed, so a start that was
 * interrupted leaves nothing half formatted.
 * @throws StackError `part_failed` when the directory holds something, but not the data of a broker
 */
async function formatOnce(
  java: Tool,
  classPath: string,
  directory: StackDirectory,
  data: string,
  options: BrokerOptions,
): Promise<void> {
  if (
    await access(join(data, 'meta.properties')).then(
      () => true,
      () => false,
    )
  )
    return
  const found = await readdir(data).catch(() => [])
  if (found.length > 0) {
    throw new StackError(
      'part_failed',
      `The data of Kafka in ${data} is damaged: meta.properties is missing. "npm run stack:reset" deletes the data of this stack; then start again.`,
    )
  }
  const temporary = `${data}.new`
  const configuration = join(directory.run, 'kafka-format.properties')
  await rm(temporary, { recursive: true, force: true })
  await rm(data, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  await writeProperties(configuration, temporary, options)
  const format = [
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    options.clusterId ?? newClusterId(),
    '--config',
    configuration,
  ]
  await runClient(java.command, ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath, ...format], {
    cwd: directory.data,
  })
  await rename(temporary, data)
}

/** A random id in Kafka's form: 16 bytes in URL-safe base64; a leading dash would read as an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}
