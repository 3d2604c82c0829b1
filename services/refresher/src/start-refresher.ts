import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '@buyer-group/pipeline/clock.ts'
import { createMongoRunStore } from '@buyer-group/pipeline-mongodb/create-mongo-run-store.ts'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { guardRegistry } from '@buyer-group/shared/avro/guard-registry.ts'
import { checkRegistry } from '@buyer-group/shared/avro/registry-check.ts'
import { createReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { type FaultPoints, readFaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import { type ConsumerRunner, startConsumerRunner } from '@buyer-group/shared/kafka/consumer-runner.ts'
import type { Decode } from '@buyer-group/shared/kafka/consumer-types.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { startLagMonitor } from '@buyer-group/shared/kafka/lag-monitor.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { type OpenPublisher, openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import {
  CONSUMED_TOPICS,
  deadLetterTopic,
  GROUPS,
  type Priority,
  retryTopics,
  TOPICS,
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
import type { RefresherConfig } from './config.ts'
import { createRefreshHandler } from './handle-refresh-command.ts'
import { createRefresherMetrics } from './metrics.ts'
import { openProfile } from './open-profile.ts'
import { openPeopleSource, peopleSourceLimits } from './people-sources/open-people-source.ts'
import { gatherPublishing } from './publishing/gathered-publisher.ts'
import { createMongoStores } from './stores/mongo-stores.ts'
import type { RefresherStores } from './stores/stores.ts'

/** One refresh asks its stores for no more than this at once; what several ask for shares round trips beneath. */
const CALLS_OF_A_REFRESH = 4

/** Parts of the places that commands of each priority get while all three have some waiting: low never starves. */
const WEIGHTS: Readonly<Record<Priority, number>> = { high: 8, normal: 4, low: 1 }

/**
 * Opens everything the refresher works with, binds its parts to each other and starts consuming.
 * Each resource registers its release as soon as it is open, so that a start that fails half-way leaves none behind.
 * Waits for a part that is away, and says so on /readyz.
 * @throws ConfigError where the profile or the people source cannot be used; else when a schema is not registered or the admin port is taken.
 */
export async function startRefresher(config: RefresherConfig, logger: Logger, shutdown: Shutdown): Promise<void> {
  const faults = readFaultPoints(process.env)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const topics = topicNames(config.TOPIC_PREFIX)
  const groupId = topics.group(GROUPS.refresher)
  const consumedTopics = CONSUMED_TOPICS.refresher.map((topic) => topics.name(topic))

  const profile = await openProfile(config.BUYER_GROUP_PROFILE, { logger, metrics: createReloadMetrics(registry) })
  shutdown.register('buyer-group profile', profile.close)
  const peopleSource = openPeopleSource({
    config,
    guard: { run: (...call) => guards.people_source.run(...call) },
    registry,
    logger,
  })
  shutdown.register('people source', () => peopleSource?.close())

  const whenThere = { logger, signal: shutdown.signal }
  const { client, db } = await openWhenThere(
    () => connectMongo({ uri: config.MONGODB_URI, database: config.MONGODB_DATABASE, appName: 'refresher' }),
    whenThere,
  )
  shutdown.register('MongoDB', () => client.close())

  let producer: OpenPublisher | undefined
  let consumer: ConsumerRunner | undefined
  const checkKafka = () => producer?.check() ?? { ok: false, reason: 'starting' }
  const guards = createGuards(
    {
      mongodb: { probe: () => checkMongo(db), concurrency: CALLS_OF_A_REFRESH * config.REFRESH_CONCURRENCY },
      kafka: { probe: checkKafka },
      registry: { probe: () => checkRegistry(config.SCHEMA_REGISTRY_URL) },
      people_source: peopleSourceLimits(config),
    },
    registry,
    logger,
  )
  const admin = await listen('ADMIN_PORT', config.ADMIN_PORT, () =>
    startAdminServer({
      port: config.ADMIN_PORT,
      registry,
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

  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'refresher', logger })
  producer = await openWhenThere(() => openPublisher(kafka), whenThere)
  shutdown.register('publisher', producer.close)
  const publisher = guards.kafka.port<Publisher>({ publish: producer.publish })

  const schemas = guardRegistry(createRegistry(config.SCHEMA_REGISTRY_URL), guards.registry)
  const results = topics.name(TOPICS.refreshResults)
  const current = topics.name(TOPICS.current)
  const encodeResult = await openWhenThere(() => openEncoder(schemas, results, 'refresh-result'), whenThere)
  const encodeGroup = await openWhenThere(() => openEncoder(schemas, current, 'buyer-group'), whenThere)
  const handle = createRefreshHandler({
    stores: guards.mongodb.ports(withFaultPoints(faults, createMongoStores(collectionsOf(db)))),
    runs: guards.mongodb.port(faults.port('operations', createMongoRunStore(db))),
    clock: systemClock,
    random: Math.random,
    publisher: faults.port('publisher', gatherPublishing(publisher)),
    results: { topic: results, encode: encodeResult },
    current: { topic: current, encode: encodeGroup },
    metrics: createRefresherMetrics(registry),
    logger,
    now: () => new Date(),
    pause: (ms) => wait(ms, undefined, { signal: shutdown.signal }),
    cacheMaxAgeMs: config.CACHE_MAX_AGE,
    profile: profile.current,
    peopleSource,
  })

  const decodeBytes = openDecoder(schemas, 'refresh-command')
  const decode: Decode<RefreshCommand> = ({ value }) => decodeBytes(value)
  consumer = await startConsumerRunner({
    kafka,
    groupId,
    decoders: new Map(consumedTopics.map((topic) => [topic, decode])),
    mode: {
      kind: 'perKey',
      concurrency: config.REFRESH_CONCURRENCY,
      handle,
      weights: new Map([
        [topics.command('high'), WEIGHTS.high],
        [topics.command('normal'), WEIGHTS.normal],
        [topics.command('low'), WEIGHTS.low],
      ]),
    },
    deadLetters: {
      publisher,
      topicOf: (topic) => deadLetterTopic(topic, GROUPS.refresher),
      service: 'refresher',
    },
    retries: { delaysMs: config.RETRY_DELAYS, topicsOf: (topic) => retryTopics(topic, GROUPS.refresher) },
    sessionTimeoutMs: config.SESSION_TIMEOUT,
    logger,
    registry,
    onCrash: () => void shutdown.begin('the consumer crashed', 1),
  })
  shutdown.register('consumer', () => consumer?.stop())

  const retried = consumedTopics.flatMap((topic) => retryTopics(topic, GROUPS.refresher))
  const lag = startLagMonitor({ kafka, groupId, topics: [...consumedTopics, ...retried], registry })
  shutdown.register('lag monitor', () => lag.stop())
  logger.info({ adminPort: admin.port, groupId, concurrency: config.REFRESH_CONCURRENCY }, 'refresher started')
}

function withFaultPoints(faults: FaultPoints, stores: RefresherStores): RefresherStores {
  return {
    groups: faults.port('groups', stores.groups),
    events: faults.port('events', stores.events),
    people: faults.port('people', stores.people),
    positions: faults.port('positions', stores.positions),
    logs: faults.port('logs', stores.logs),
    windows: faults.port('windows', stores.windows),
  }
}
