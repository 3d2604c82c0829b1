import { checkRegistry } from '@buyer-group/shared/avro/registry-check.ts'
import { createReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { readFaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { checkMongo } from '@buyer-group/shared/mongo/mongo-check.ts'
import { listen } from '@buyer-group/shared/process/listen.ts'
import type { Shutdown } from '@buyer-group/shared/shutdown/create-shutdown.ts'
import { startAdminServer } from '@buyer-group/shared/telemetry/admin-server.ts'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createClockGuard, watchClock } from './clock-guard.ts'
import type { IngestConfig } from './config.ts'
import { createIngest } from './create-ingest.ts'
import { createIngestGuards } from './guards.ts'
import { connectionLimits } from './http/connection-limits.ts'
import { startServer } from './http/start-server.ts'
import { createMetrics } from './metrics.ts'
import { openMongo, readDatabaseTime } from './open-mongo.ts'
import { connectMessaging } from './publishing/connect-messaging.ts'
import { openMessaging } from './publishing/open-messaging.ts'
import { openSources } from './sources/open-sources.ts'
import { watchSecretEnds } from './sources/watch-secret-ends.ts'
import { watchEventLoop } from './watch-event-loop.ts'

/**
 * Opens everything ingest works with, binds it and listens. Starts whatever is away, and says so on /readyz: requests
 * that need it are answered 503 until it is there.
 * @throws ConfigError for a bad source, ProcessError for a port that is taken.
 */
export async function startIngest(config: IngestConfig, logger: Logger, shutdown: Shutdown): Promise<void> {
  const faults = readFaultPoints(process.env)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const metrics = createMetrics(registry)
  const now = () => Date.now()
  const monotonic = () => performance.now()

  const sources = await openSources(config, {
    env: process.env,
    now,
    logger,
    metrics: createReloadMetrics(registry),
  })
  shutdown.register('sources', () => sources.close())
  watchSecretEnds(registry, sources.current)

  const mongo = openMongo(config.MONGODB_URI, config.MONGODB_DATABASE)
  shutdown.register('mongodb', () => mongo.client.close())
  const clock = createClockGuard({
    readDatabaseTime: () => readDatabaseTime(mongo.db),
    now,
    monotonic,
    logger,
  })
  metrics.watchClock(clock.skewMs)

  const guards = createIngestGuards(
    {
      mongodb: () => checkMongo(mongo.db),
      kafka: () => messaging.check(),
      registry: () => checkRegistry(config.SCHEMA_REGISTRY_URL),
    },
    registry,
    logger,
  )
  const messaging = connectMessaging(
    () => openMessaging(config, logger, faults, guards.registry),
    logger,
    shutdown.signal,
  )
  shutdown.register('messaging', () => messaging.close())

  const collections = collectionsOf(mongo.db)
  const eventLoop = watchEventLoop(2 * config.MAX_EVENT_LOOP_DELAY)
  shutdown.register('event loop', eventLoop.stop)
  metrics.watchEventLoop(eventLoop.delayMs)
  const ingest = createIngest({
    config,
    sources: sources.current,
    collections,
    messaging,
    guards,
    faults,
    clock,
    now,
    monotonic,
    eventLoopDelayMs: eventLoop.delayMs,
    random: Math.random,
    metrics,
    logger,
  })
  shutdown.register('events', () => ingest.close())
  metrics.watchQueue(ingest.queued)

  let isListening = false
  const admin = await listen('ADMIN_PORT', config.ADMIN_PORT, () =>
    startAdminServer({
      port: config.ADMIN_PORT,
      registry,
      live: {},
      ready: {
        messaging: () => guards.kafka.check(messaging.check),
        registry: () => guards.registry.check(),
        clock: clock.check,
        intake: () => {
          if (shutdown.signal.aborted) return { ok: false, reason: 'shutting down' }
          return isListening ? { ok: true } : { ok: false, reason: 'not listening yet' }
        },
      },
    }),
  )
  shutdown.register('admin', () => admin.close())

  // Nothing is accepted before the clocks were compared once; with the database away this takes its time-out.
  await clock.compare()
  shutdown.register('clock', watchClock(clock))
  const server = await listen('INGEST_PORT', config.INGEST_PORT, () =>
    startServer(ingest.listener, {
      port: config.INGEST_PORT,
      host: config.INGEST_HOST,
      drainDelayMs: config.SHUTDOWN_DELAY,
      limits: connectionLimits(config),
      refuseUnread: ingest.refuseUnread,
      metrics,
    }),
  )
  metrics.watchConnections(server.countConnections)
  shutdown.register('http', () => server.close())
  isListening = true
  logger.info({ port: server.port, adminPort: admin.port, sources: sources.current().names }, 'listening')
}
