import { type BrokerOptions, newClusterId, prepareBroker } from '@buyer-group/stack/parts/kafka.ts'
import { HOST } from '@buyer-group/stack/parts/part.ts'
import type { StackDirectory } from '@buyer-group/stack/stack-directory.ts'
import { freePort } from '../processes/free-port.ts'
import type { OnEnd } from './on-end.ts'
import { ownDirectory } from './own-directory.ts'
import { type OwnProcess, ownProcess } from './own-process.ts'
import { kafkaProgram } from './programs.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Small: a test's cluster holds little, and up to three brokers share the machine with all services. */
const HEAP = ['-Xms128m', '-Xmx384m']

/** A broker of a test's own. */
export interface OwnBroker extends OwnProcess {
  readonly nodeId: number
  /** host:port, past every proxy. */
  readonly address: string
}

export interface KafkaClusterOptions<Listener extends string = never> {
  /** 1 unless told. With three, every topic has three copies and needs two of them in sync. */
  readonly brokers?: 1 | 3
  /** Names of listeners that are reached through a proxy of their own; with one broker alone. */
  readonly proxied?: readonly Listener[]
  /** Broker settings for the case at hand. */
  readonly properties?: Readonly<Record<string, string | number>>
  /** Where the (only) broker keeps its data, if not in a temporary directory. */
  readonly directory?: StackDirectory
}

export interface KafkaCluster<Listener extends string = never> {
  readonly brokers: readonly OwnBroker[]
  /** As KAFKA_BROKERS. */
  readonly address: string
  /** The network before each proxied listener; a client that bootstraps at its port never leaves it. */
  readonly proxies: Readonly<Record<Listener, TcpProxy>>
}

/**
 * Starts brokers of a test's own, each broker and controller in one, and waits until they are ready. A broker that was
 * killed is started again with its own `start`, on the same data and ports.
 */
export async function startKafkaCluster<Listener extends string = never>(
  onEnd: OnEnd,
  options: KafkaClusterOptions<Listener> = {},
): Promise<KafkaCluster<Listener>> {
  const program = await kafkaProgram()
  const nodes = await Promise.all(
    Array.from({ length: options.brokers ?? 1 }, async (_, index) => ({
      nodeId: index + 1,
      port: await freePort(),
      controllerPort: await freePort(),
    })),
  )
  const common = {
    clusterId: newClusterId(),
    voters: nodes.map(({ nodeId, controllerPort }) => `${nodeId}@${HOST}:${controllerPort}`).join(','),
    heap: HEAP,
  }
  const listeners = await openListeners(onEnd, options.proxied ?? [])
  const brokers = await Promise.all(
    nodes.map(async (node): Promise<OwnBroker> => {
      const directory = options.directory ?? (await ownDirectory(onEnd, `kafka-${node.nodeId}`))
      const properties = {
        ...(nodes.length === 1 ? {} : REPLICATED),
        ...listenerProperties(node, listeners),
        ...options.properties,
      }
      const spec = await prepareBroker(program, directory, { ...common, ...node, properties })
      return { ...ownProcess(onEnd, spec), nodeId: node.nodeId, address: `${HOST}:${node.port}` }
    }),
  )
  await Promise.all(brokers.map((broker) => broker.start()))
  return {
    brokers,
    address: brokers.map(({ address }) => address).join(','),
    proxies: Object.fromEntries(listeners.map(({ name, proxy }) => [name, proxy])) as Record<Listener, TcpProxy>,
  }
}

/** One broker of a test's own. */
export async function startKafkaBroker<Listener extends string = never>(
  onEnd: OnEnd,
  options: Omit<KafkaClusterOptions<Listener>, 'brokers'> = {},
): Promise<OwnBroker & Pick<KafkaCluster<Listener>, 'proxies'>> {
  const { brokers, proxies } = await startKafkaCluster<Listener>(onEnd, options)
  const [broker] = brokers
  if (broker === undefined) throw new Error('a cluster has at least one broker')
  return { ...broker, proxies }
}

/** The broker's own topics with as many copies as those of the product. */
const REPLICATED = {
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'share.coordinator.state.topic.replication.factor': 3,
  'share.coordinator.state.topic.min.isr': 2,
  'min.insync.replicas': 2,
}

interface ProxiedListener {
  readonly name: string
  readonly port: number
  readonly proxy: TcpProxy
}

function openListeners(onEnd: OnEnd, names: readonly string[]): Promise<ProxiedListener[]> {
  return Promise.all(
    names.map(async (name) => {
      const port = await freePort()
      return { name, port, proxy: await startTcpProxy(onEnd, port) }
    }),
  )
}

/** A broker tells a client its address by the listener that was asked: the proxy's port, for one behind a proxy. */
function listenerProperties({ port, controllerPort }: BrokerOptions, proxied: readonly ProxiedListener[]) {
  if (proxied.length === 0) return {}
  const named = proxied.map((listener) => ({ ...listener, name: listener.name.toUpperCase() }))
  const direct = `PLAINTEXT://${HOST}:${port}`
  return {
    listeners: [
      direct,
      `CONTROLLER://${HOST}:${controllerPort}`,
      ...named.map((it) => `${it.name}://${HOST}:${it.port}`),
    ].join(','),
    'advertised.listeners': [direct, ...named.map((it) => `${it.name}://${HOST}:${it.proxy.port}`)].join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': ['PLAINTEXT', 'CONTROLLER', ...named.map(({ name }) => name)]
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
  }
}
