import { createServer } from 'node:net'
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import { IMAGES } from './container-images.ts'
import type { TestStack } from './test-stack.ts'

const KAFKA_PORT = 9092
const MONGODB_PORT = 27017
const REGISTRY_PORT = 8080
const REPLICA_SET = 'buyer-groups'

/** Whether a Docker engine, or another that speaks its API, answers on this machine. */
export async function containersAnswer(): Promise<boolean> {
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
}

/** The stack in containers that testcontainers removes again; parts whose address the environment gives are not started. */
export async function startContainerStack(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<TestStack> {
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime
  const started: StartedTestContainer[] = []
  const stop = async () => void (await Promise.all(started.map((container) => container.stop())))
  const own = async (container: Promise<StartedTestContainer>) => {
    const running = await container
    started.push(running)
    return running
  }
  say('test stack: starting containers')
  const results = await Promise.allSettled([
    env.KAFKA_BROKERS || startKafka(host, own),
    env.MONGODB_URI || startMongodb(host, own),
    env.SCHEMA_REGISTRY_URL || startRegistry(host, own),
  ])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  const [kafkaBrokers = '', mongodbUri = '', schemaRegistryUrl = ''] = results.map((result) =>
    result.status === 'fulfilled' ? result.value : '',
  )
  return { kafkaBrokers, mongodbUri, schemaRegistryUrl, stop }
}

type Own = (container: Promise<StartedTestContainer>) => Promise<StartedTestContainer>

/** A broker must know the address it is reached under before it starts, so its port is chosen here. */
async function startKafka(host: string, own: Own): Promise<string> {
  const port = await freePort()
  const environment = {
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_NODE_ID: '1',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_LISTENERS: `PLAINTEXT://:${KAFKA_PORT},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_NUM_PARTITIONS: '12',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_HEAP_OPTS: '-Xmx1g',
  }
  const container = new GenericContainer(IMAGES.kafka)
    .withExposedPorts({ container: KAFKA_PORT, host: port })
    .withEnvironment(environment)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
  await own(container.start())
  return `${host}:${port}`
}

async function startMongodb(host: string, own: Own): Promise<string> {
  const container = new GenericContainer(IMAGES.mongodb)
    .withExposedPorts(MONGODB_PORT)
    .withCommand(['mongod', '--replSet', REPLICA_SET, '--bind_ip_all'])
    .withWaitStrategy(Wait.forLogMessage(/Waiting for connections/))
  const running = await own(container.start())
  const member = `{_id: 0, host: '127.0.0.1:${MONGODB_PORT}'}`
  const script = `rs.initiate({_id: '${REPLICA_SET}', members: [${member}]}); while (!db.hello().isWritablePrimary) sleep(100)`
  const initiated = await running.exec(['mongosh', '--quiet', '--eval', script])
  if (initiated.exitCode !== 0) throw new Error(`The replica set was not initiated: ${initiated.output}`)
  // The member knows itself under an address of its own container, hence the direct connection.
  return `mongodb://${host}:${running.getMappedPort(MONGODB_PORT)}/?directConnection=true`
}

/** Its storage is in memory here: no test outlives the container. */
async function startRegistry(host: string, own: Own): Promise<string> {
  const container = new GenericContainer(IMAGES.registry)
    .withExposedPorts(REGISTRY_PORT)
    .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', REGISTRY_PORT))
  const running = await own(container.start())
  return `http://${host}:${running.getMappedPort(REGISTRY_PORT)}/apis/ccompat/v7`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
