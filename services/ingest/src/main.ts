import { createRegistry, openEncoder } from '@buyer-group/shared/avro/schema-registry.ts'
import { ConfigError, EXIT_CONFIG, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { createShutdown } from '@buyer-group/shared/shutdown/create-shutdown.ts'
import { startAdminServer } from '@buyer-group/shared/telemetry/admin-server.ts'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createClockGuard, watchClock } from './clock-guard.ts'
import { ingestConfig } from './config.ts'
import { connectMessaging, type Messaging } from './connect-messaging.ts'
import { explainListenError } from './explain-listen-error.ts'
import { createFindRecorded } from './find-recorded.ts'
import { createCheckBearer } from './http/check-bearer.ts'
import { createApp } from './http/create-app.ts'
import { startServer } from './http/start-server.ts'
import { createMetrics } from './metrics.ts'
import { openMongo, readDatabaseTime } from './open-mongo.ts'
import { createPublishEach } from './publish-each.ts'
import { createPublishEvent } from './publish-event.ts'
import { readSources } from './read-sources.ts'
import { createReadState } from './read-state.ts'
import { createReceiveWebhook } from './receive-webhook.ts'
import { createRequestRefresh } from './request-refresh.ts'
import { createSources } from './sources.ts'
import { createToMessages } from './to-messages.ts'

/** How long Kafka is left alone after batches in a row of which nothing came through. */
const KAFKA_LEFT_ALONE_MS = 1_000

/** ingest: verifies, validates and de-duplicates webhooks and publishes them; its only effect is in Kafka. */
async function main(): Promise<void> {
  const config = readConfig(ingestConfig, process.env)
  const { definitions, commonSecrets } = readSources(config, process.env)
  const sources = createSources(definitions, commonSecrets)

  const logger = createLogger('ingest', config.LOG_LEVEL)
  logWarnings(logger)
  const shutdown = createShutdown(logger, config.SHUTDOWN_TIMEOUT)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const metrics = createMetrics(registry)
  const now = () => Date.now()

  const mongo = openMongo(config.MONGODB_URI, config.MONGODB_DATABASE)
  shutdown.register('mongodb', () => mongo.client.close())
  const collections = collectionsOf(mongo.db)

  const clock = createClockGuard({
    readDatabaseTime: () => readDatabaseTime(mongo.db),
    now,
    monotonic: () => performance.now(),
    logger,
  })
  metrics.watchClock(clock.skewMs)

  const messaging = connectMessaging(openMessaging, logger, shutdown.signal)
  shutdown.register('messaging', () => messaging.close())

  const publishEach = createPublishEach({
    publisher: () => messaging.current()?.publisher,
    leftAloneMs: KAFKA_LEFT_ALONE_MS,
    onPublished: (seconds, outcome) => metrics.publishDuration.observe({ outcome }, seconds),
  })
  const publishEvent = createPublishEvent({
    publishEach,
    findRecorded: createFindRecorded({
      events: collections.webhookEvents,
      logger,
      onSkipped: () => metrics.lookupsSkipped.inc(),
    }),
    maxBatch: config.MAX_BATCH_EVENTS,
    maxQueued: config.MAX_QUEUED_EVENTS,
    maxRecent: config.RECENT_EVENTS,
    timeoutMs: config.PUBLISH_TIMEOUT,
    onBatch: (size) => metrics.batchSize.observe(size),
  })
  shutdown.register('events', () => publishEvent.close())
  metrics.watchQueue(publishEvent.queued)

  const app = createApp({
    sources,
    receiveWebhook: createReceiveWebhook({
      sources,
      now,
      isClockOff: clock.isOff,
      toMessage: (change, traceparent) => encoders().personChange(change, traceparent),
      publish: publishEvent,
      metrics,
      onRefused: (code, status) => logger.info({ code, status }, 'webhook refused'),
    }),
    requestRefresh: createRequestRefresh({
      now,
      isClockOff: clock.isOff,
      toMessage: (request, traceparent) => encoders().refreshRequest(request, traceparent),
      publishEach,
      timeoutMs: config.PUBLISH_TIMEOUT,
      metrics,
    }),
    readState: createReadState(collections),
    checkBearer: createCheckBearer(config.API_TOKEN),
    metrics,
    logger,
  })

  const admin = await listen('ADMIN_PORT', config.ADMIN_PORT, () =>
    startAdminServer({
      port: config.ADMIN_PORT,
      registry,
      live: {},
      ready: { kafka: messaging.check, clock: clock.check, shutdown: notDraining },
    }),
  )
  shutdown.register('admin', () => admin.close())

  // Nothing is accepted before the clocks were compared once; with the database away this takes its time-out.
  await clock.compare()
  shutdown.register('clock', watchClock(clock))
  const server = await listen('INGEST_PORT', config.INGEST_PORT, () =>
    startServer(app, config.INGEST_PORT, config.INGEST_HOST),
  )
  shutdown.register('http', () => server.close())
  logger.info({ port: server.port, adminPort: admin.port, sources: sources.names }, 'listening')

  async function openMessaging(): Promise<Messaging> {
    const topics = topicNames(config.TOPIC_PREFIX)
    const schemas = createRegistry(config.SCHEMA_REGISTRY_URL)
    const toMessages = createToMessages({
      topics,
      encodePersonChange: await openEncoder(schemas, topics.name(TOPICS.personChanges), 'person-change'),
      encodeRefreshRequest: await openEncoder(schemas, topics.name(TOPICS.refreshRequests), 'refresh-request'),
    })
    const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'ingest', logger })
    return { publisher: await openPublisher(kafka), toMessages }
  }

  function encoders() {
    const current = messaging.current()
    if (current !== undefined) return current.toMessages
    throw new AppError('not connected to the schema registry yet', {
      code: 'registry_unavailable',
      fate: 'unavailable',
    })
  }

  function notDraining() {
    return shutdown.signal.aborted ? ({ ok: false, reason: 'draining' } as const) : ({ ok: true } as const)
  }
}

/** Opens a port, or says in one sentence why it cannot be and ends the process. */
async function listen<Opened>(variable: string, port: number, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open()
  } catch (error) {
    const sentence = await explainListenError(error, port, variable)
    if (sentence === undefined) throw error
    console.error(sentence)
    process.exit(1)
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exit(EXIT_CONFIG)
}
