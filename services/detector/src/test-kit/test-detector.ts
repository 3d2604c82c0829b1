import { randomUUID } from 'node:crypto'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { versioned } from '@buyer-group/shared/config/content-version.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import {
  type Collections,
  collectionsOf,
  type RefreshWindowDoc,
  type WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import type { Db, MongoClient } from 'mongodb'
import { Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import type { z } from 'zod'
import type { Detector } from '../detector.ts'
import { createDetectorMetrics } from '../metrics.ts'
import { createMongoStores } from '../stores/mongo-stores.ts'

export const HOUR_MS = 3_600_000

/** A database of its own for one test file, migrated, dropped at the end. */
export interface TestDatabase {
  readonly db: Db
  readonly collections: Collections
  readonly uri: string
}

export function useTestDatabase(): TestDatabase {
  const name = `test_detector_${randomUUID().slice(0, 8)}`
  const uri = process.env.MONGODB_URI ?? ''
  let client: MongoClient | undefined
  let db: Db | undefined

  beforeAll(async () => {
    if (uri === '') throw new Error('MONGODB_URI is not set: run the tests with "npm test"')
    const opened = await connectMongo({ uri, database: name, appName: 'tests' })
    client = opened.client
    db = opened.db
    await migrate(opened.db, createLogger('test', 'fatal'))
    // The tests' events are of one fixed day, so that a decided one has expired: the database would remove it each minute.
    const index = { keyPattern: { expiresAt: 1 }, expireAfterSeconds: 2_000_000_000 }
    await opened.db.command({ collMod: 'webhook_events', index })
  })
  afterAll(async () => {
    await db?.dropDatabase()
    await client?.close()
  })

  const open = () => {
    if (db === undefined) throw new Error('the test database is not open yet')
    return db
  }
  return {
    uri,
    get db() {
      return open()
    },
    get collections() {
      return collectionsOf(open())
    },
  }
}

/** A policy that never changes. */
export function policyOf(file: z.input<typeof significancePolicySchema>): Detector['policy'] {
  const { value, version } = versioned(significancePolicySchema.parse(file))
  const policy = { value: compilePolicy(value), version }
  return () => policy
}

/** A detector whose commands end in a list instead of Kafka. */
export interface TestDetector extends Detector {
  /** What was published, decoded, in order. */
  readonly commands: RefreshCommand[]
  readonly messages: OutgoingMessage[]
}

export function testDetector(collections: Collections, overrides: Partial<Detector> = {}): TestDetector {
  const commands: RefreshCommand[] = []
  const messages: OutgoingMessage[] = []
  const encode = (command: RefreshCommand) => Buffer.from(JSON.stringify(command))
  return {
    stores: createMongoStores(collections),
    publisher: {
      publish: async (batch) => {
        messages.push(...batch)
        commands.push(...batch.map(({ value }) => JSON.parse(String(value))))
      },
    },
    commandTopics: {
      high: { topic: 'high', encode },
      normal: { topic: 'normal', encode },
      low: { topic: 'low', encode },
    },
    policy: policyOf({ significantTypes: ['person.promotion', 'person.company_change'] }),
    windowMs: HOUR_MS,
    workspaceId: 'default',
    metrics: createDetectorMetrics(new Registry()),
    logger: createLogger('test', 'fatal'),
    now: Date.now,
    newToken: randomUUID,
    ...overrides,
    commands,
    messages,
  }
}

/** Moves the window of a company into the past by the database's clock, so that it has closed. */
export async function closeWindow(collections: Collections, companyId: string): Promise<void> {
  await collections.refreshWindows.updateOne({ companyId }, [
    { $set: { closesAt: { $subtract: ['$$NOW', 1] }, opensAt: { $subtract: ['$$NOW', HOUR_MS] } } },
  ])
}

/** Makes every command that waits in an outbox ten seconds older. */
export async function ageOutboxes(collections: Collections): Promise<void> {
  await collections.refreshWindows.updateMany({ 'outbox.requestedAt': { $exists: true } }, [
    { $set: { 'outbox.requestedAt': { $subtract: ['$$NOW', 10_000] } } },
  ])
}

/** The window of a company. */
export async function windowOf(collections: Collections, companyId: string): Promise<RefreshWindowDoc> {
  const window = await collections.refreshWindows.findOne({ companyId }, { projection: { _id: 0 } })
  if (window === null) throw new Error(`${companyId} has no window`)
  return window
}

/** The record of an event by its idempotency key. */
export async function eventOf(collections: Collections, key: string): Promise<WebhookEventDoc> {
  const event = await collections.webhookEvents.findOne({ idempotencyKey: key }, { projection: { _id: 0 } })
  if (event === null) throw new Error(`${key} is not recorded`)
  return event
}
