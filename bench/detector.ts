import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { GROUPS, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { describePair, type Pair, report } from './detector-report.ts'
import { drainTopic } from './drain-topic.ts'
import { openMeter, perEvent, type Used } from './meter.ts'
import { openWindows } from './open-windows.ts'
import { companyIds, produceChanges } from './produce-changes.ts'
import { stackAddresses } from './stack-addresses.ts'

/**
 * `npm run bench:detector`: how many events a second one detector process takes off Kafka, exact de-duplication and
 * windows on, beside a bare loop (bare-loop.ts) over the same events: consume, bulk upsert, produce, commit. Both drain
 * the same topic in turn, each into an empty database, so the ratio holds on a machine that drifts; the medians of the
 * rounds count.
 *
 * In the scenario with claims the bare loop produces as many commands as the detector, one a company, not one a message: both
 * leave the same in MongoDB and Kafka, and the loop is not slowed by commands that nobody needs. `--lean-loop` gives the loop's
 * collection only the unique index and no validator: a yardstick for what the contract's other indexes cost.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '50000' },
    companies: { type: 'string', default: '10000' },
    scenario: { type: 'string' },
    'lean-loop': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const events = Number(flags.events)
const companies = Number(flags.companies)

const SCENARIOS = [
  { name: 'claims', type: 'person.promotion', windows: 'none', commands: 'first' },
  { name: 'coalesced', type: 'person.promotion', windows: 'open', commands: 'none' },
  { name: 'insignificant', type: 'person.email_change', windows: 'none', commands: 'none' },
].filter(({ name }) => flags.scenario === undefined || flags.scenario === name)

type Scenario = (typeof SCENARIOS)[number]

const id = randomUUID().slice(0, 8)
const addresses = stackAddresses(process.env)
const logger = createLogger('bench', 'error')
logWarnings(logger)
const kafka = createKafka({ brokers: addresses.KAFKA_BROKERS.split(','), clientId: 'bench', logger })
const { client } = await connectMongo({ uri: addresses.MONGODB_URI, database: 'admin', appName: 'bench' })
const meter = openMeter(client.db('admin'), addresses)

try {
  for (const scenario of SCENARIOS) await prepare(scenario)
  const pairs = new Map<string, Pair[]>(SCENARIOS.map(({ name }) => [name, []]))
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    for (const scenario of SCENARIOS) {
      const bare = await run(scenario, 'bare-loop', ['bench/bare-loop.ts', scenario.commands])
      const detector = await run(scenario, GROUPS.detector, ['services/detector/src/main.ts'])
      pairs.get(scenario.name)?.push({ bare, detector })
      console.log(`round ${round}, ${scenario.name}: ${describePair({ bare, detector })}`)
    }
  }
  report(pairs, { events, companies, json: flags.json })
} finally {
  await tearDown()
  await client.close()
}

function prefixOf({ name }: Scenario): string {
  return `bench-${id}-${name}.`
}

/** The scenario's topics, with all its events in them. */
async function prepare(scenario: Scenario): Promise<void> {
  await setUp(scenario, databaseOf('setup'))
  const topic = topicNames(prefixOf(scenario)).name(TOPICS.personChanges)
  const publisher = await openPublisher(kafka)
  const encode = await openEncoder(createRegistry(addresses.SCHEMA_REGISTRY_URL), topic, 'person-change')
  await produceChanges(publisher, encode, { topic, count: events, companies, type: scenario.type })
  await publisher.close()
}

/** One of the two drains the scenario's topic into a new database. */
async function run(scenario: Scenario, group: string, command: readonly string[]) {
  const topics = topicNames(prefixOf(scenario))
  const database = databaseOf(randomUUID().slice(0, 8))
  const groupId = topics.group(group)
  await setUp(scenario, database)
  if (flags['lean-loop'] && group !== GROUPS.detector) await makeLean(database)
  if (scenario.windows === 'open') {
    await openWindows(collectionsOf(client.db(database)).refreshWindows, companyIds(companies))
  }
  const readings: Used[] = []
  const read = async (pid: number) => void readings.push(await meter(pid))
  const seconds = await drainTopic(kafka, {
    command,
    env: {
      PATH: process.env.PATH,
      ...addresses,
      TOPIC_PREFIX: prefixOf(scenario),
      MONGODB_DATABASE: database,
      REFRESH_WINDOW: '1h',
      ADMIN_PORT: '0',
      LOG_LEVEL: 'info',
    },
    groupId,
    topic: topics.name(TOPICS.personChanges),
    onStart: read,
    onEnd: read,
  })
  await forget(database, groupId)
  const [before, after] = readings as [Used, Used]
  return { eventsPerSecond: events / seconds, ...perEvent(before, after, events) }
}

function databaseOf(part: string): string {
  return `bench_${id}_${part}`
}

async function setUp(scenario: Scenario, database: string): Promise<void> {
  await runSetup({
    kafkaBrokers: addresses.KAFKA_BROKERS.split(','),
    mongodbUri: addresses.MONGODB_URI,
    mongodbDatabase: database,
    schemaRegistryUrl: addresses.SCHEMA_REGISTRY_URL,
    topicPrefix: prefixOf(scenario),
    logger,
  })
}

/** Leaves of the events' collection what a bare loop cannot do without. */
async function makeLean(database: string): Promise<void> {
  const { webhookEvents } = collectionsOf(client.db(database))
  await webhookEvents.drop()
  await webhookEvents.createIndex({ idempotencyKey: 1 }, { unique: true })
}

/** The next run begins with an empty database and at the topic's begin. */
async function forget(database: string, groupId: string): Promise<void> {
  await client.db(database).dropDatabase()
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteGroups([groupId])
  await admin.disconnect()
}

/** Takes the benchmark's own topics and databases away again. */
async function tearDown(): Promise<void> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  for (const { name } of databases) if (name.startsWith(`bench_${id}`)) await client.db(name).dropDatabase()
  const admin = kafka.admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`bench-${id}-`))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
}
