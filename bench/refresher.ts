import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { GROUPS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { type ConsumerProcess, startConsumer } from './consumer-process.ts'
import { openMeter, perEvent } from './meter.ts'
import { measurePlainUpserts } from './plain-upserts.ts'
import { residentMbOf } from './process-memory.ts'
import { readWave, writeBare } from './refresher-bare-writes.ts'
import { produceCommands } from './refresher-commands.ts'
import { describeRound, describeWave, type Round, report, type Wave } from './refresher-report.ts'
import { companyIdOf, type Population, recordChanges, seedDirectory } from './refresher-seed.ts'
import { stackAddresses } from './stack-addresses.ts'

/**
 * `npm run bench:refresher`: how many refreshes a second one refresher process sustains: every company has 50 people in the
 * local directory, a handful of whom changed, and a stored group. Each round gives every company one command, and then bulk
 * writes the same documents (refresher-bare-writes.ts) while the process is idle, so that the ratio holds on a machine
 * that drifts, and small ones (plain-upserts.ts), to tell how fast the machine is. The process is the same in all rounds, its first one over the same companies is not counted.
 *
 * `--soak` runs as many rounds without bare writes as 100,000 refreshes need and prints the memory at every tenth.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    companies: { type: 'string', default: '2000' },
    people: { type: 'string', default: '50' },
    changed: { type: 'string', default: '5' },
    profile: { type: 'string' },
    soak: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const SOAKED = 100_000
const DEADLINE_MS = 600_000
const population: Population = {
  companies: Number(flags.companies),
  people: Number(flags.people),
  changed: Number(flags.changed),
}

const id = randomUUID().slice(0, 8)
const prefix = `bench-${id}.`
const topics = topicNames(prefix)
const topic = topics.command('normal')
const groupId = topics.group(GROUPS.refresher)
const addresses = stackAddresses(process.env)
const logger = createLogger('bench', 'error')
logWarnings(logger)
const kafka = createKafka({ brokers: addresses.KAFKA_BROKERS.split(','), clientId: 'bench', logger })
const { client } = await connectMongo({ uri: addresses.MONGODB_URI, database: 'admin', appName: 'bench' })
const meter = openMeter(client.db('admin'), addresses)
const [database, bareDatabase] = [`bench_${id}`, `bench_${id}_bare`]
const collections = collectionsOf(client.db(database))
const bareCollections = collectionsOf(client.db(bareDatabase))

try {
  await setUp(database)
  await setUp(bareDatabase)
  await seedDirectory(collections, population)
  const refresher = await startConsumer(kafka, {
    command: [...profiling(), 'services/refresher/src/main.ts'],
    env: {
      ...process.env,
      ...addresses,
      TOPIC_PREFIX: prefix,
      MONGODB_DATABASE: database,
      ADMIN_PORT: '0',
      LOG_LEVEL: 'info',
    },
    groupId,
  })
  try {
    if (flags.soak) await soak(refresher)
    else await compare(refresher)
  } finally {
    await refresher.stop()
  }
} finally {
  await tearDown()
  await client.close()
}

/** The median rounds, each beside bare writes. */
async function compare(refresher: ConsumerProcess): Promise<void> {
  const { rssMb: rssMbStart } = (await runRound(refresher, 1)).refresher
  const rounds: Round[] = []
  for (let number = 1; number <= Number(flags.rounds); number += 1) {
    const round = await runRound(refresher, number + 1)
    rounds.push(round)
    console.log(`round ${number}: ${describeRound(round)}`)
  }
  report(rounds, { population, rssMbStart, json: flags.json })
}

async function runRound(refresher: ConsumerProcess, number: number): Promise<Round> {
  const since = new Date()
  const wave = await runWave(refresher, number)
  const seconds = await writeBare(bareCollections, await readWave(collections, number, since))
  const plainPerSecond = await measurePlainUpserts(client.db(bareDatabase), number)
  return { refresher: wave, barePerSecond: population.companies / seconds, plainPerSecond }
}

/** Memory over many refreshes; the rounds' figures beside it. */
async function soak(refresher: ConsumerProcess): Promise<void> {
  const waves = Math.ceil(SOAKED / population.companies)
  const { rssMb: start } = await runWave(refresher, 1)
  console.log(`after warming up: ${start.toFixed(0)} MB`)
  const tenths: number[] = []
  for (let number = 1; number <= waves; number += 1) {
    const wave = await runWave(refresher, number + 1)
    if (Math.floor((number * 10) / waves) <= tenths.length) continue
    tenths.push(wave.rssMb)
    console.log(`${number * population.companies} refreshes: ${describeWave(wave)}`)
  }
  const [early, late] = [tenths.slice(0, 5), tenths.slice(5)].map((half) => Math.max(...half)) as [number, number]
  console.log(`memory: at most ${early.toFixed(0)} MB in the first half, ${late.toFixed(0)} MB in the second`)
  if (flags.json) console.log(JSON.stringify({ refreshes: waves * population.companies, rssMb: tenths }))
}

/** One command for each company, all of whose changes wait. From before the first is sent to the last record of the last. */
async function runWave(refresher: ConsumerProcess, number: number): Promise<Wave> {
  await recordChanges(collections.webhookEvents, number, population)
  const since = new Date()
  const before = await meter(refresher.pid)
  await produce(number)
  await refresher.untilDrained(topic, DEADLINE_MS)
  const after = await meter(refresher.pid)
  const ended = await collections.pipelineOperations
    .find({ createdAt: { $gte: since }, status: 'completed' }, { sort: { duration: 1 } })
    .project<{ completedAt: Date; duration: number }>({ completedAt: 1, duration: 1 })
    .toArray()
  if (ended.length !== population.companies) {
    throw new Error(`${ended.length} of ${population.companies} refreshes completed: ${companyIdOf(0)} and on`)
  }
  const last = Math.max(...ended.map(({ completedAt }) => completedAt.getTime()))
  return {
    refreshesPerSecond: (population.companies * 1_000) / (last - since.getTime()),
    durationsMs: ended.map(({ duration }) => duration),
    rssMb: residentMbOf(refresher.pid),
    ...perEvent(before, after, population.companies),
  }
}

async function produce(wave: number): Promise<void> {
  const publisher = await openPublisher(kafka)
  const encode = await openEncoder(createRegistry(addresses.SCHEMA_REGISTRY_URL), topic, 'refresh-command')
  await produceCommands(publisher, encode, { topic, wave, companies: population.companies })
  await publisher.close()
}

/** `--profile DIRECTORY` leaves a processor profile of the refresher there, for Chrome's developer tools. */
function profiling(): string[] {
  return flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`]
}

async function setUp(name: string): Promise<void> {
  await runSetup({
    kafkaBrokers: addresses.KAFKA_BROKERS.split(','),
    mongodbUri: addresses.MONGODB_URI,
    mongodbDatabase: name,
    schemaRegistryUrl: addresses.SCHEMA_REGISTRY_URL,
    topicPrefix: prefix,
    logger,
  })
}

/** Takes the benchmark's own topics and databases away again. */
async function tearDown(): Promise<void> {
  for (const name of [database, bareDatabase]) await client.db(name).dropDatabase()
  const admin = kafka.admin()
  await admin.connect()
  const own = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
  await admin.deleteTopics({ topics: own })
  await admin.deleteGroups([groupId])
  await admin.disconnect()
}
