import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { type OpenPublisher, openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { GROUPS, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { runSetup } from '@buyer-group/shared/setup/run-setup.ts'
import { startService } from '@buyer-group/testing/processes/start-service.ts'
import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { command } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

const prefix = `refresher-${randomUUID().slice(0, 8)}.`
const database = prefix.replaceAll(/\W/g, '_')
const names = topicNames(prefix)
const address = (name: string) => process.env[name] ?? ''
const releases: (() => Promise<void>)[] = []

let collections: Collections
let publisher: OpenPublisher
let admin: Admin

beforeAll(async () => {
  const logger = createLogger('refresher-tests', 'silent')
  const brokers = address('KAFKA_BROKERS').split(',')
  await runSetup({
    kafkaBrokers: brokers,
    mongodbUri: address('MONGODB_URI'),
    mongodbDatabase: database,
    schemaRegistryUrl: address('SCHEMA_REGISTRY_URL'),
    topicPrefix: prefix,
    topicPartitions: 2,
    logger,
  })
  const { client, db } = await connectMongo({ uri: address('MONGODB_URI'), database, appName: 'refresher-tests' })
  collections = collectionsOf(db)
  const kafka = createKafka({ brokers, clientId: 'refresher-tests', logger })
  publisher = await openPublisher(kafka)
  admin = kafka.admin()
  await admin.connect()
  releases.push(async () => {
    const ours = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
    await admin.deleteTopics({ topics: ours })
    await admin.disconnect()
    await publisher.close()
    await db.dropDatabase()
    await client.close()
  })
})
afterAll(async () => {
  for (const release of releases) await release()
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(50)
}

async function count(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
}

test('the process refreshes what it is ordered to, sets poison aside, and drains at SIGTERM', async () => {
  const topic = names.command('normal')
  const registry = createRegistry(address('SCHEMA_REGISTRY_URL'))
  const encode = await openEncoder(registry, topic, 'refresh-command')
  const companies = Array.from({ length: 40 }, (_, index) => `company-${index}`)
  await collections.webhookEvents.insertMany(
    companies.map((companyId) => waitingEvent({ id: companyId, day: 1, companyId, person: { id: companyId } })),
  )
  const order = (companyId: string, sequence: number) => {
    const value = encode(command(sequence, { companyId, commandId: `${companyId}:${sequence}` }))
    return { topic, key: companyId, value, headers: {} }
  }
  await publisher.publish([
    { topic, key: 'company-1', value: Buffer.from('garbage'), headers: {} },
    order('company-1', -1),
    ...companies.flatMap((companyId) => [order(companyId, 1), order(companyId, 2)]),
  ])

  const refresher = await startService('refresher', {
    KAFKA_BROKERS: address('KAFKA_BROKERS'),
    MONGODB_URI: address('MONGODB_URI'),
    MONGODB_DATABASE: database,
    SCHEMA_REGISTRY_URL: address('SCHEMA_REGISTRY_URL'),
    TOPIC_PREFIX: prefix,
    CACHE_MAX_AGE: '0s',
  })
  onTestFinished(() => refresher.kill('SIGKILL'))
  // At least: whatever is delivered again, as after a rebalance on a busy machine, is published again.
  await until(async () => (await count(names.name(TOPICS.refreshResults))) >= companies.length * 2)
  expect(await count(names.name(TOPICS.current))).toBeGreaterThanOrEqual(companies.length * 2)
  await until(async () => (await count(names.deadLetter(TOPICS.refreshCommandsNormal, GROUPS.refresher))) >= 2)

  await until(async () => (await refresher.metric('refresher_refreshes_running')) === 0)
  expect(await refresher.metric('refresher_refreshes_total')).toBeGreaterThan(companies.length * 2)
  expect(await refresher.metric('refresher_folded_events_total')).toBe(companies.length)
  expect(await collections.buyerGroups.countDocuments({ sequence: 2, publishedAt: { $ne: null } })).toBe(40)
  expect(await collections.webhookEvents.countDocuments({ waitingFor: [] })).toBe(40)

  expect(await refresher.stop()).toBe(0)
  const [committed] = await admin.fetchOffsets({ groupId: names.group(GROUPS.refresher), topics: [topic] })
  const sum = committed?.partitions.reduce((total, { offset }) => total + Math.max(0, Number(offset)), 0)
  expect(sum).toBe(await count(topic))
  expect(refresher.output()).not.toContain('Pat Doe')
})

test('the process takes a changed profile without a restart, and keeps it where the next one is bad', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'refresher-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'profile.json')
  const write = async (text: string) => {
    await writeFile(`${file}.tmp`, text)
    await rename(`${file}.tmp`, file)
  }
  await write('{}')
  const refresher = await startService('refresher', {
    KAFKA_BROKERS: address('KAFKA_BROKERS'),
    MONGODB_URI: address('MONGODB_URI'),
    MONGODB_DATABASE: database,
    SCHEMA_REGISTRY_URL: address('SCHEMA_REGISTRY_URL'),
    TOPIC_PREFIX: prefix,
    BUYER_GROUP_PROFILE: file,
  })
  onTestFinished(() => refresher.kill('SIGKILL'))
  const reloads = () => refresher.metric('config_file_reloads_total')
  await write('{"group": {"maxMembers": 5}}')
  await until(async () => (await reloads()) === 1)
  expect(await refresher.metric('config_file_last_reload_successful')).toBe(1)
  await write('{"group": {"maxMembers": -5}}')
  await until(async () => (await reloads()) === 2)
  expect(await refresher.metric('config_file_last_reload_successful')).toBe(0)
  expect(refresher.output()).toContain('group.maxMembers: Too small: expected number to be >=1; it is not used')
  expect(await refresher.stop()).toBe(0)
})

test.each([
  ['configuration', {}, /^refresher: MONGODB_URI is required but not set\. [^\n]+\n$/],
  [
    'buyer-group profile',
    {
      MONGODB_URI: address('MONGODB_URI'),
      SCHEMA_REGISTRY_URL: address('SCHEMA_REGISTRY_URL'),
      BUYER_GROUP_PROFILE: '/none.json',
    },
    /^refresher: BUYER_GROUP_PROFILE names the file \/none\.json, which does not exist\.\n$/,
  ],
])('the process refuses a bad %s with one sentence and exit code 78', (_what, more, sentence) => {
  const main = join(import.meta.dirname, 'main.ts')
  const env = { KAFKA_BROKERS: 'x:1', ...more }
  const { status, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' })
  expect(status).toBe(78)
  expect(stderr).toMatch(sentence)
})
