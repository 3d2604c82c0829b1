import { randomUUID } from 'node:crypto'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { guardRegistry } from '@buyer-group/shared/avro/guard-registry.ts'
import { checkRegistry } from '@buyer-group/shared/avro/registry-check.ts'
import { createReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { readFaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import { type ConsumerRunner, startConsumerRunner } from '@buyer-group/shared/kafka/consumer-runner.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { startLagMonitor } from '@buyer-group/shared/kafka/lag-monitor.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { type OpenPublisher, openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import {
  CONSUMED_TOPICS,
  deadLetterTopic,
  GROUPS,
  type Priority,
  retryTopics,
} from '@buyer-group/shared/messages/topics.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { checkMongo } from '@buyer-group/shared/mongo/mongo-check.ts'
import { listen } from '@buyer-group/shared/process/listen.ts'
import { openWhenThere } from '@buyer-group/shared/process/open-when-there.ts'
import { createGuards } from '@buyer-group/shared/resilience/create-guards.ts'
import type { Shutdown } from '@buyer-group/shared/shutdown/create-shutdown.ts'
import { startAdminServer } from '@buyer-group/shared/telemetry/admin-server.ts'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { DetectorConfig } from './config.ts'
import type { Detector } from './detector.ts'
import { createBatchHandler } from './handle-batch.ts'
import { createDetectorMetrics } from './metrics.ts'
import { noteFailures } from './note-failures.ts'
import { openDecoders } from './open-decoders.ts'
import { openPolicy } from './open-policy.ts'
import { startSweeper } from './start-sweeper.ts'
import { createMongoStores } from './stores/mongo-stores.ts'
import { createAgedSweep } from './sweep-aged-groups.ts'
import { sweepWindows } from './sweep-windows.ts'

/**
 * Opens everything the detector works with, binds its parts to each other and starts consuming and sweeping.
 * Each resource registers its release as soon as it is open, so that a start that fails half-way leaves none behind.
 * Waits for a part that is away, and says so on /readyz.
 * @throws when a schema is not registered or the admin port is taken.
 */
export async function startDetector(config: DetectorConfig, logger: Logger, shutdown: Shutdown): Promise<void> {
  const faults = readFaultPoints(process.env)
  const metricsRegistry = new Registry()
  collectDefaultMetrics({ register: metricsRegistry })
  const topics = topicNames(config.TOPIC_PREFIX)
  const groupId = topics.group(GROUPS.detector)

  const policy = await openPolicy(config, { logger, metrics: createReloadMetrics(metricsRegistry) })
  shutdown.register('significance policy', policy.close)

  const whenThere = { logger, signal: shutdown.signal }
  const { client, db } = await openWhenThere(
    () => connectMongo({ uri: config.MONGODB_URI, database: config.MONGODB_DATABASE, appName: 'detector' }),
    whenThere,
  )
  shutdown.register('MongoDB', () => client.close())

  let producer: OpenPublisher | undefined
  let consumer: ConsumerRunner | undefined
  const checkKafka = () => producer?.check() ?? { ok: false, reason: 'starting' }
  const guards = createGuards(
    {
      mongodb: { probe: () => checkMongo(db) },
      kafka: { probe: checkKafka },
      registry: { probe: () => checkRegistry(config.SCHEMA_REGISTRY_URL) },
    },
    metricsRegistry,
    logger,
  )
  const admin = await listen('ADMIN_PORT', config.ADMIN_PORT, () =>
    startAdminServer({
      port: config.ADMIN_PORT,
      registry: metricsRegistry,
      live: { consumer: () => consumer?.checkLive() ?? { ok: true } },
      ready: {
        mongodb: () => guards.mongodb.check(() => checkMongo(db)),
        kafka: () => guards.kafka.check(checkKafka),
        registry: () => guards.registry.check(),
        consumer: () => consumer?.check() ?? { ok: false, reason: 'starting' },
      },
    }),
  )
  shutdown.register('admin server', () => admin.close())

  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'detector', logger })
  producer = faults.port('publisher', await openWhenThere(() => openPublisher(kafka), whenThere))
  shutdown.register('publisher', producer.close)
  const publisher = guards.kafka.port<Publisher>({ publish: producer.publish })

  const schemas = guardRegistry(createRegistry(config.SCHEMA_REGISTRY_URL), guards.registry)
  const openCommandTopic = async (priority: Priority) => {
    const topic = topics.command(priority)
    return { topic, encode: await openWhenThere(() => openEncoder(schemas, topic, 'refresh-command'), whenThere) }
  }
  const { events, windows, logs, groups, directory } = createMongoStores(collectionsOf(db))
  const stores = guards.mongodb.ports({
    events: faults.port('events', events),
    windows: faults.port('windows', windows),
    logs: faults.port('logs', logs),
    groups: faults.port('groups', groups),
    directory: faults.port('directory', directory),
  })
  const detector: Detector = {
    stores,
    publisher,
    commandTopics: {
      high: await openCommandTopic('high'),
      normal: await openCommandTopic('normal'),
      low: await openCommandTopic('low'),
    },
    policy: policy.current,
    windowMs: config.REFRESH_WINDOW,
    workspaceId: config.WORKSPACE_ID,
    metrics: createDetectorMetrics(metricsRegistry),
    logger,
    now: Date.now,
    newToken: randomUUID,
  }

  consumer = await startConsumerRunner({
    kafka,
    groupId,
    decoders: openDecoders(topics, openDecoder(schemas, 'person-change'), openDecoder(schemas, 'refresh-request')),
    mode: {
      kind: 'batch',
      maxBatch: config.MAX_BATCH,
      handle: noteFailures(createBatchHandler(detector), stores.events, logger),
    },
    deadLetters: {
      publisher,
      topicOf: (topic) => deadLetterTopic(topic, GROUPS.detector),
      service: 'detector',
    },
    retries: { delaysMs: config.RETRY_DELAYS, topicsOf: (topic) => retryTopics(topic, GROUPS.detector) },
    sessionTimeoutMs: config.SESSION_TIMEOUT,
    logger,
    registry: metricsRegistry,
    onCrash: () => void shutdown.begin('the consumer crashed', 1),
  })
  shutdown.register('consumer', () => consumer?.stop())

  const lag = startLagMonitor({
    kafka,
    groupId,
    topics: CONSUMED_TOPICS.detector.flatMap((topic) => [
      topics.name(topic),
      ...topics.retries(topic, GROUPS.detector),
    ]),
    registry: metricsRegistry,
  })
  shutdown.register('lag monitor', () => lag.stop())

  const { REFRESH_MAX_AGE: maxAgeMs } = config
  const sweepAged = maxAgeMs === undefined ? undefined : createAgedSweep(detector, maxAgeMs)
  const sweeper = startSweeper({
    sweep: async (signal) => {
      await sweepWindows(detector, signal)
      if (!signal.aborted) await sweepAged?.()
    },
    intervalMs: config.SWEEP_INTERVAL,
    metrics: detector.metrics,
    logger,
  })
  shutdown.register('sweeper', () => sweeper.stop())
  logger.info({ adminPort: admin.port, groupId, windowMs: config.REFRESH_WINDOW }, 'detector started')
}
