import { useFreshDatabase } from '@buyer-group/testing/mongo/use-fresh-database.ts'
import type { Db } from 'mongodb'
import { beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../logging/create-logger.ts'
import { collectionsOf } from '../collections.ts'
import { migrate } from './migrate.ts'

const logger = createLogger('test', 'fatal')
const ALL = [
  '0001-collections',
  '0002-dead-letter-replays',
  '0003-aged-groups',
  '0004-pipeline-step-results',
  '0005-thin-events',
]
const freshDatabase = useFreshDatabase()
let db: Db

beforeEach(() => {
  db = freshDatabase()
})

/** Keys of the indexes of every collection, with what makes them special. */
async function indexesOf(database: Db): Promise<Record<string, string[]>> {
  const collections = await database.listCollections().toArray()
  const entries = await Promise.all(
    collections.map(async ({ name }) => {
      const indexes = await database.collection(name).indexes()
      const words = indexes.map((index) =>
        [
          Object.keys(index.key).join('+'),
          ...(index.unique ? ['unique'] : []),
          ...(index.partialFilterExpression ? ['partial'] : []),
          ...(index.expireAfterSeconds === undefined ? [] : [`ttl ${index.expireAfterSeconds}`]),
        ].join(' '),
      )
      return [name, words.filter((word) => word !== '_id').sort()] as const
    }),
  )
  return Object.fromEntries(entries)
}

test('creates every collection of the contract with its indexes', async () => {
  expect(await migrate(db, logger)).toEqual(ALL)
  expect(await indexesOf(db)).toEqual({
    webhook_events: [
      'expiresAt ttl 0',
      'idempotencyKey unique',
      'processed+receivedAt',
      'source+eventType',
      'waitingFor+occurredAt',
    ],
    buyer_group_refresh_logs: ['commandId unique', 'companyId+startedAt', 'expiresAt ttl 0', 'workspaceId+status'],
    pipeline_operations: ['expiresAt ttl 0', 'idempotencyKey unique', 'pipelineName+status'],
    pipeline_step_results: ['expiresAt ttl 0', 'run+version+node+idempotencyKey unique'],
    refresh_windows: ['closesAt partial', 'companyId unique', 'outbox.requestedAt partial'],
    people: ['email unique partial', 'personId unique', 'sourceIds unique'],
    positions: ['companyId+personId unique', 'personId partial'],
    buyer_groups: ['companyId unique', 'refreshedAt+companyId'],
    dead_letter_replays: ['createdAt', 'expiresAt ttl 0', 'replayId unique'],
    schema_migrations: [],
    leases: [],
  })
})

test('changes nothing when it runs again', async () => {
  await migrate(db, logger)
  const before = await indexesOf(db)
  expect(await migrate(db, logger)).toEqual([])
  expect(await indexesOf(db)).toEqual(before)
})

test('is run by one of several processes that start at the same moment', async () => {
  const runs = await Promise.all(Array.from({ length: 5 }, () => migrate(db, logger, { pollMs: 20 })))
  expect(runs.flat()).toEqual(ALL)
})

test('goes on where a migration was killed in the middle', async () => {
  let attempts = 0
  const migration = {
    name: 'half-way',
    async up({ db: database }: { db: Db }) {
      attempts += 1
      await database.collection('made').updateOne({ _id: 1 as never }, { $set: { attempts } }, { upsert: true })
      if (attempts === 1) throw new Error('killed')
    },
  }
  await expect(migrate(db, logger, { migrations: [migration] })).rejects.toThrow(/half-way.*killed/)
  expect(await migrate(db, logger, { migrations: [migration] })).toEqual(['half-way'])
  expect(await db.collection('made').countDocuments()).toBe(1)
})

test('is safe over collections that exist already, in part', async () => {
  await db.collection('people').insertOne({ personId: 'p', sourceIds: ['test:p'], name: 'P' })
  await migrate(db, logger)
  expect((await indexesOf(db)).people).toEqual(['email unique partial', 'personId unique', 'sourceIds unique'])
})

const at = new Date('2026-01-01T00:00:00Z')
const person = (id: string, more: object = {}) => ({
  personId: id,
  sourceIds: [`test:${id}`],
  name: id,
  changedAt: at,
  changedBy: 'test:1',
  ...more,
})

test('lets many people have no e-mail address, and only one have each', async () => {
  await migrate(db, logger)
  const { people } = collectionsOf(db)
  await people.insertMany([person('a'), person('b'), person('c', { email: 'c@example.com' })])
  await expect(people.insertOne(person('d', { email: 'c@example.com' }))).rejects.toMatchObject({ code: 11_000 })
  await expect(people.insertOne(person('e', { sourceIds: ['test:a'] }))).rejects.toMatchObject({ code: 11_000 })
})

test('refuses documents that are not what the models say, and lets unknown fields through', async () => {
  await migrate(db, logger)
  const { positions, webhookEvents, refreshWindows } = collectionsOf(db)
  const refused = { code: 121 }
  const position = {
    companyId: 'c',
    personId: 'p',
    title: 'CTO',
    seniority: 'c-suite',
    department: 'engineering',
    changedAt: at,
    changedBy: 'test:1',
    active: true,
  }
  await positions.insertOne({ ...position, seenIn: 'a later version' } as never)
  await expect(positions.updateOne({}, { $set: { changedAt: 'yesterday' as never } })).rejects.toMatchObject(refused)
  await expect(positions.insertOne({ companyId: 'c', personId: 'q' } as never)).rejects.toMatchObject(refused)

  const event = {
    idempotencyKey: 'test:1',
    source: 'test',
    eventType: 'person.promotion',
    payload: { id: '1' },
    bodySha256: 'aa',
    companyId: 'c',
    occurredAt: at,
    receivedAt: at,
    processed: false,
    waitingFor: ['c'],
  }
  await webhookEvents.insertOne(event)
  const decision = { outcome: 'guess' as never, commandIds: [] }
  await expect(webhookEvents.updateOne({}, { $set: { decision } })).rejects.toMatchObject(refused)

  const window = { companyId: 'c', companyName: null, sequence: Date.now(), opensAt: at, closesAt: at, claimToken: 't' }
  await refreshWindows.insertOne({ ...window, pending: null, outbox: null })
  const pending = { since: at, count: 1 } as never
  await expect(refreshWindows.updateOne({}, { $set: { pending } })).rejects.toMatchObject(refused)
})

test('lets operations end as their workflows name it, and each node of a run be claimed once', async () => {
  await migrate(db, logger)
  const { pipelineOperations, pipelineStepResults } = collectionsOf(db)
  const operation = { idempotencyKey: 'o', pipelineName: 'order', pipelineVersion: '1', input: null, createdAt: at }
  const step = { name: 'ask', status: 'memoised' as const, startedAt: at, duration: 0, attempts: 0 }
  await pipelineOperations.insertOne({ ...operation, status: 'rejected', steps: [step] })
  const odd = { ...step, status: 'guessed' as never }
  await expect(pipelineOperations.updateOne({}, { $set: { steps: [odd] } })).rejects.toMatchObject({ code: 121 })

  const node = { run: 'o', version: '1', node: 'ask', idempotencyKey: 'a' }
  const claim = () => ({ ...node, token: 't', heldUntil: at, interrupted: false, startedAt: at, expiresAt: new Date() })
  await pipelineStepResults.insertOne(claim())
  await expect(pipelineStepResults.insertOne(claim())).rejects.toMatchObject({ code: 11_000 })
  await pipelineStepResults.insertOne({ ...claim(), version: '2' })
  const output = { price: 1 } as never
  await expect(pipelineStepResults.updateOne({}, { $set: { output } })).rejects.toMatchObject({ code: 121 })
})

test('indexes only the windows that have something to do', async () => {
  await migrate(db, logger)
  const due = { 'pending.since': { $exists: true }, closesAt: { $lte: at } }
  const old = { 'outbox.requestedAt': { $lte: at } }
  for (const [query, index] of [
    [due, 'closesAt_1'],
    [old, 'outbox.requestedAt_1'],
  ] as const) {
    const plan = JSON.stringify(await db.collection('refresh_windows').find(query).explain('queryPlanner'))
    expect(plan).toContain(`"indexName":"${index}"`)
  }
})
