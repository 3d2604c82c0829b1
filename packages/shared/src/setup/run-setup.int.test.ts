import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRegistry } from '../avro/create-registry.ts'
import { readSchema, type SchemaName, subjectOf } from '../avro/schemas.ts'
import { createKafka } from '../kafka/create-kafka.ts'
import { createTopics } from '../kafka/create-topics.ts'
import { createLogger } from '../logging/create-logger.ts'
import { TOPICS } from '../messages/topics.ts'
import { connectMongo } from '../mongo/connect-mongo.ts'
import { MIGRATIONS } from '../mongo/migrations/migrate.ts'
import { checkSchemas } from './check-schemas.ts'
import { registerSchemas } from './register-schemas.ts'
import { runSetup, type SetupOptions } from './run-setup.ts'

const logger = createLogger('test', 'fatal')
let options: SetupOptions

beforeEach(() => {
  const id = `test-${randomUUID()}`
  options = {
    kafkaBrokers: required('KAFKA_BROKERS').split(','),
    mongodbUri: required('MONGODB_URI'),
    mongodbDatabase: id,
    schemaRegistryUrl: required('SCHEMA_REGISTRY_URL'),
    topicPrefix: `${id}.`,
    topicPartitions: 2,
    logger,
  }
})

afterEach(async () => {
  const { client, db } = await connectMongo({
    uri: options.mongodbUri,
    database: options.mongodbDatabase,
    appName: 'test',
  })
  await db.dropDatabase()
  await client.close()
  await withAdmin(async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(options.topicPrefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
  })
})

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run the tests through "npm test"`)
  return value
}

async function withAdmin<Result>(
  work: (admin: ReturnType<ReturnType<typeof createKafka>['admin']>) => Promise<Result>,
) {
  const admin = createKafka({ brokers: options.kafkaBrokers, clientId: 'test', logger }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Our schemas, with `field` added to the results'. */
const withResultField = (field: object) => (name: SchemaName) => {
  if (name !== 'refresh-result') return readSchema(name)
  const schema = JSON.parse(readSchema(name))
  return JSON.stringify({ ...schema, fields: [...schema.fields, field] })
}

test('prepares everything once, and changes nothing when it runs again', async () => {
  const first = await runSetup(options)
  expect(first.migrations).toEqual(MIGRATIONS.map(({ name }) => name))
  expect(first.topics.created).toHaveLength(27)
  expect(Object.keys(first.schemaIds)).toHaveLength(7)

  const again = await runSetup(options)
  expect(again).toEqual({ migrations: [], topics: { created: [], differences: [] }, schemaIds: first.schemaIds })
})

test('works when three processes start at the same moment', async () => {
  const reports = await Promise.all([runSetup(options), runSetup(options), runSetup(options)])
  expect(reports.flatMap(({ migrations }) => migrations)).toEqual(MIGRATIONS.map(({ name }) => name))
  expect(reports.flatMap(({ topics }) => topics.created)).toHaveLength(27)
  expect(new Set(reports.map(({ schemaIds }) => JSON.stringify(schemaIds))).size).toBe(1)
})

test('reports an existing topic that is not as it should be, and leaves it alone', async () => {
  const topic = `${options.topicPrefix}${TOPICS.personChanges}`
  const configEntries = [{ name: 'retention.ms', value: '60000' }]
  await withAdmin((admin) => createTopics(admin, [{ topic, numPartitions: 1, configEntries }]))

  const { topics } = await runSetup(options)
  expect(topics.created).toHaveLength(26)
  expect(topics.differences).toEqual([
    `${topic} has 1 partitions, not 2`,
    `${topic} has message.timestamp.type=CreateTime, not LogAppendTime`,
    `${topic} has retention.ms=60000, not 1209600000`,
  ])
  expect((await runSetup(options)).topics.differences).toEqual(topics.differences)
})

test('refuses more copies of a topic than there are brokers', async () => {
  await expect(runSetup({ ...options, topicReplication: 99 })).rejects.toMatchObject({ code: 'not_enough_brokers' })
})

test('refuses a schema that earlier or later readers could not read, and keeps what was registered', async () => {
  const { schemaRegistryUrl: url, topicPrefix: prefix } = options
  const ids = await registerSchemas(url, prefix)
  const withoutDefault = withResultField({ name: 'region', doc: 'Where.', type: 'string' })

  await expect(registerSchemas(url, prefix, withoutDefault)).rejects.toMatchObject({ code: 'incompatible_schema' })
  expect(await registerSchemas(url, prefix)).toEqual(ids)
  const subject = subjectOf(`${prefix}${TOPICS.refreshResults}`)
  expect(await createRegistry(url).getLatestSchemaId(subject)).toBe(ids[`${prefix}${TOPICS.refreshResults}`])
})

test('takes a new field with a default as the next version of the schema', async () => {
  const { schemaRegistryUrl: url, topicPrefix: prefix } = options
  const before = await registerSchemas(url, prefix)
  const region = { name: 'region', doc: 'Where.', type: ['null', 'string'], default: null }
  const after = await registerSchemas(url, prefix, withResultField(region))
  const topic = `${prefix}${TOPICS.refreshResults}`
  expect(after[topic]).not.toBe(before[topic])
  expect({ ...after, [topic]: 0 }).toEqual({ ...before, [topic]: 0 })
})

test('the check tells new, compatible and incompatible schemas apart and registers nothing', async () => {
  const { schemaRegistryUrl: url, topicPrefix: prefix } = options
  const stateOf = async (schemaOf?: (name: SchemaName) => string) =>
    (await checkSchemas(url, prefix, schemaOf)).find(({ topic }) => topic.endsWith(TOPICS.refreshResults))

  expect(await stateOf()).toMatchObject({ state: 'new', problems: [] })
  await registerSchemas(url, prefix)
  expect(await stateOf()).toMatchObject({ state: 'compatible', problems: [] })
  const undocumented = withResultField({ name: 'region', type: 'string' })
  expect(await stateOf(undocumented)).toMatchObject({
    state: 'incompatible',
    problems: ['RefreshResult.region has no doc'],
  })
  expect(await stateOf()).toMatchObject({ state: 'compatible' })
})

test.each([
  ['MongoDB', { mongodbUri: 'mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200' }, 'mongodb_unavailable'],
  ['Kafka', { kafkaBrokers: ['127.0.0.1:1'] }, 'kafka_unavailable'],
  ['the registry', { schemaRegistryUrl: 'http://127.0.0.1:1' }, 'registry_unavailable'],
])('says when %s does not answer, without its password', async (_part, address, code) => {
  const failure = await runSetup({ ...options, ...address }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code, fate: 'unavailable' })
  expect((failure as Error).message).toContain('127.0.0.1:1')
  expect((failure as Error).message).not.toContain('secret')
})
