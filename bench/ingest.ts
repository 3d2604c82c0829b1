import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs, promisify } from 'node:util'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { median } from './median.ts'
import { type StackAddresses, stackAddresses } from './stack-addresses.ts'

/**
 * `npm run bench:ingest`: how many events a second ingest accepts (verified, validated, de-duplicated, published with
 * acks=all), beside a bare node:http server that only verifies the same signature. Both are loaded in turn, so the ratio
 * holds on a machine that drifts; the medians of the rounds count.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
})

interface Round {
  readonly acceptedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly statuses: Readonly<Record<string, number>>
}

const PROJECT = join(import.meta.dirname, '..')
const WARM_UP_SECONDS = 2

const id = randomUUID().slice(0, 8)
const secret = randomUUID()
const topicPrefix = `bench-${id}.`
const database = `bench_${id}`
const addresses = stackAddresses(process.env)
const env = {
  PATH: process.env.PATH,
  ...addresses,
  TOPIC_PREFIX: topicPrefix,
  MONGODB_DATABASE: database,
  WEBHOOK_SECRET: secret,
  INGEST_HOST: '127.0.0.1',
  INGEST_PORT: '0',
  ADMIN_PORT: '0',
}
const logger = createLogger('bench', 'error')
logWarnings(logger)
const children: ChildProcess[] = []

try {
  await setUp(addresses)
  const verifyOnly = await startServer('bench/verify-only-server.ts', Number)
  const ingest = await startServer('services/ingest/src/main.ts', portOfLogLine, 'connected to Kafka')
  const rounds: { verifyOnly: Round; ingest: Round }[] = []
  for (const port of [verifyOnly, ingest]) await load(port, WARM_UP_SECONDS)
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    const pair = {
      verifyOnly: await load(verifyOnly, Number(flags.seconds)),
      ingest: await load(ingest, Number(flags.seconds)),
    }
    rounds.push(pair)
    console.log(`round ${round}: verify only ${describe(pair.verifyOnly)}; ingest ${describe(pair.ingest)}`)
  }
  report(rounds)
} finally {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')))
  await tearDown(addresses)
}

function report(rounds: readonly { verifyOnly: Round; ingest: Round }[]): void {
  const bare = middle(rounds.map((round) => round.verifyOnly))
  const ingest = middle(rounds.map((round) => round.ingest))
  const ratios = rounds.map((round) => round.ingest.acceptedPerSecond / round.verifyOnly.acceptedPerSecond)
  const ratioToVerifyOnly = median(ratios)
  console.log(`\n${flags.connections} connections, medians of ${rounds.length} interleaved rounds`)
  console.log(`bare node:http, verification only   ${describe(bare)}`)
  console.log(`ingest, published with acks=all     ${describe(ingest)}`)
  console.log(`ratio                               ${ratioToVerifyOnly.toFixed(2)}`)
  if (!flags.json) return
  const { acceptedPerSecond, p50Ms, p99Ms } = ingest
  console.log(
    JSON.stringify({
      acceptedPerSecond: Math.round(acceptedPerSecond),
      ratioToVerifyOnly: Number(ratioToVerifyOnly.toFixed(3)),
      p50Ms,
      p99Ms,
      verifyOnlyPerSecond: Math.round(bare.acceptedPerSecond),
    }),
  )
}

function describe({ acceptedPerSecond, p50Ms, p99Ms, statuses }: Round): string {
  const others = Object.entries(statuses).filter(([status]) => status !== '202')
  const rest = others.map(([status, count]) => `, ${count} answered ${status}`).join('')
  return `${Math.round(acceptedPerSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms${rest}`
}

/** Each figure's own median. */
function middle(rounds: readonly Round[]): Round {
  const statuses: Record<string, number> = {}
  for (const round of rounds) {
    for (const [status, count] of Object.entries(round.statuses)) statuses[status] = (statuses[status] ?? 0) + count
  }
  return {
    acceptedPerSecond: median(rounds.map((round) => round.acceptedPerSecond)),
    p50Ms: median(rounds.map((round) => round.p50Ms)),
    p99Ms: median(rounds.map((round) => round.p99Ms)),
    statuses,
  }
}

/** One run of the load generator, in a process of its own. */
async function load(port: number, seconds: number): Promise<Round> {
  const args = ['bench/generate-load.ts', String(port), flags.connections, String(seconds)]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret },
  })
  return JSON.parse(stdout) as Round
}

/** Starts a server and resolves to the port that it prints, once it has also printed `ready`. */
async function startServer(script: string, portOf: (line: string) => number, ready?: string): Promise<number> {
  const child = spawn(process.execPath, [script], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let port = 0
  let isReady = ready === undefined
  for await (const line of createInterface({ input: child.stdout })) {
    port ||= portOf(line) || 0
    if (ready !== undefined && line.includes(ready)) isReady = true
    if (port > 0 && isReady) {
      child.stdout.resume() // nobody reads on, and a full pipe would stop the server
      return port
    }
  }
  throw new Error(`${script} ended before it listened`)
}

function portOfLogLine(line: string): number {
  return Number(/"port":(\d+)/.exec(line)?.[1] ?? 0)
}

async function setUp({ KAFKA_BROKERS, MONGODB_URI, SCHEMA_REGISTRY_URL }: StackAddresses): Promise<void> {
  await runSetup({
    kafkaBrokers: KAFKA_BROKERS.split(','),
    mongodbUri: MONGODB_URI,
    mongodbDatabase: database,
    schemaRegistryUrl: SCHEMA_REGISTRY_URL,
    topicPrefix,
    logger,
  })
}

/** Takes the benchmark's own topics and database away again. */
async function tearDown({ KAFKA_BROKERS, MONGODB_URI }: StackAddresses): Promise<void> {
  const { client, db } = await connectMongo({ uri: MONGODB_URI, database, appName: 'bench' })
  await db.dropDatabase()
  await client.close()
  const admin = createKafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'bench', logger }).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
}
