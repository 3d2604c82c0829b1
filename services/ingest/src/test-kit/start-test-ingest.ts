import { randomUUID } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { readFaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { createLogger, type Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { type Collections, collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { checkMongo } from '@buyer-group/shared/mongo/mongo-check.ts'
import { Registry } from 'prom-client'
import { createIngest } from '../create-ingest.ts'
import { createIngestGuards } from '../guards.ts'
import { type ConnectionLimits, connectionLimits } from '../http/connection-limits.ts'
import { type RunningServer, startServer } from '../http/start-server.ts'
import { createMetrics } from '../metrics.ts'
import { openMongo } from '../open-mongo.ts'
import { createToMessages } from '../publishing/to-messages.ts'
import { createSources, type SourceDefinition } from '../sources/sources.ts'

export const SECRET = 'the-common-secret'
export const LINKEDIN_SECRET = 'the-secret-of-linkedin'
export const TOKEN = 'the-token-of-the-api'

/** Those of production. */
export const TEST_LIMITS = connectionLimits({
  MAX_CONNECTIONS: 1_000,
  KEEP_ALIVE_TIMEOUT: 65_000,
  PUBLISH_TIMEOUT: 10_000,
})

/** A Kafka of a test's own: keeps what is published, or is away, or answers only when told to. */
export interface FakeKafka {
  readonly published: OutgoingMessage[]
  /** Batches that were handed over, published or not. */
  batches: number
  isAway: boolean
  /** Where set, publishing waits for it. */
  gate: Promise<void> | undefined
}

export interface TestIngest {
  readonly url: string
  readonly server: RunningServer
  readonly kafka: FakeKafka
  readonly collections: Collections
  readonly registry: Registry
  clockIsOff: boolean
}

export interface TestIngestOptions {
  readonly mongodbUri?: string
  readonly token?: string | undefined
  readonly publishTimeoutMs?: number
  /** Events a second, of a source and of all. */
  readonly rateLimit?: number
  readonly globalRateLimit?: number
  /** In milliseconds: the real one unless given. */
  readonly monotonic?: () => number
  /** Beside `test` and `linkedin`. */
  readonly sources?: readonly SourceDefinition[]
  readonly eventLoopDelayMs?: () => number
  readonly random?: () => number
  /** Silent unless given. */
  readonly logger?: Logger
  readonly connectionLimits?: Partial<ConnectionLimits>
}

/** The real server over a real MongoDB, with a database of its own and a fake Kafka. `onEnd` releases all. */
export async function startTestIngest(
  onEnd: (release: () => Promise<void>) => void,
  options: TestIngestOptions = {},
): Promise<TestIngest> {
  const kafka: FakeKafka = { published: [], batches: 0, isAway: false, gate: undefined }
  const mongodbUri = options.mongodbUri ?? process.env.MONGODB_URI ?? ''
  const { client, db } = openMongo(mongodbUri, `test_ingest_${randomUUID().slice(0, 8)}`)
  const collections = collectionsOf(db)
  const registry = new Registry()
  const logger = options.logger ?? createLogger('test', 'fatal')
  const encode = (message: unknown) => Buffer.from(JSON.stringify(message))
  const messaging = {
    publisher: {
      publish: async (messages: readonly OutgoingMessage[]) => {
        kafka.batches += 1
        await kafka.gate
        if (kafka.isAway) throw new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })
        kafka.published.push(...messages)
      },
      check: () => ({ ok: !kafka.isAway, reason: 'away' }) as const,
      close: async () => {},
    },
    toMessages: createToMessages({
      topics: topicNames(''),
      encodePersonChange: encode,
      encodeRefreshRequest: encode,
    }),
  }
  const sources = createSources(
    [
      { name: 'test', ownSecrets: [], companyIdPrefix: '' },
      { name: 'linkedin', ownSecrets: [LINKEDIN_SECRET], companyIdPrefix: 'li:' },
      ...(options.sources ?? []),
    ],
    [SECRET],
  )
  const state = { clockIsOff: false }
  const metrics = createMetrics(registry)
  const ingest = createIngest({
    config: {
      API_TOKEN: 'token' in options ? options.token : TOKEN,
      MAX_BATCH_EVENTS: 100,
      MAX_EVENT_LOOP_DELAY: 500,
      MAX_QUEUED_EVENTS: 1_000,
      RATE_LIMIT: options.rateLimit,
      GLOBAL_RATE_LIMIT: options.globalRateLimit,
      RATE_LIMIT_BURST: 1_000,
      RECENT_EVENTS: 1_000,
      PUBLISH_TIMEOUT: options.publishTimeoutMs ?? 10_000,
    },
    sources: () => sources,
    collections,
    messaging: { current: () => messaging },
    faults: readFaultPoints({}),
    guards: createIngestGuards(
      { mongodb: () => checkMongo(db), kafka: messaging.publisher.check, registry: () => ({ ok: true }) },
      registry,
      logger,
    ),
    clock: { isOff: () => state.clockIsOff },
    now: () => Date.now(),
    monotonic: options.monotonic ?? (() => performance.now()),
    eventLoopDelayMs: options.eventLoopDelayMs ?? (() => 0),
    random: options.random ?? Math.random,
    metrics,
    logger,
  })
  const server = await startServer(ingest.listener, {
    port: 0,
    host: '127.0.0.1',
    drainDelayMs: 0,
    limits: { ...TEST_LIMITS, ...options.connectionLimits },
    refuseUnread: ingest.refuseUnread,
    metrics,
  })
  metrics.watchConnections(server.countConnections)
  onEnd(async () => {
    await server.close()
    await ingest.close()
    if (options.mongodbUri === undefined) await db.dropDatabase()
    await client.close()
  })
  return Object.assign(state, { url: `http://127.0.0.1:${server.port}`, server, kafka, collections, registry })
}
