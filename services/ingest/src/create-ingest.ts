import type { RequestListener } from 'node:http'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { FaultPoints } from '@buyer-group/shared/faults/fault-points.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { ClockGuard } from './clock-guard.ts'
import type { IngestConfig } from './config.ts'
import type { IngestGuards } from './guards.ts'
import { createCheckBearer } from './http/check-bearer.ts'
import { createApp } from './http/create-app.ts'
import { createRefuseUnread, type RefuseUnread } from './http/refuse-unread.ts'
import { createServeAnswer } from './http/serve-answer.ts'
import { takeWebhooksFirst } from './http/take-webhooks-first.ts'
import { createWebhookRoutes } from './http/webhook-routes.ts'
import { createLimitRate } from './limit-rate.ts'
import { createLogRefusals } from './log-refusals.ts'
import type { IngestMetrics } from './metrics.ts'
import type { MessagingConnection } from './publishing/connect-messaging.ts'
import { createFindRecorded } from './publishing/find-recorded.ts'
import { createKnownEvents } from './publishing/known-events.ts'
import { createPublishDelivery } from './publishing/publish-delivery.ts'
import { createPublishEach } from './publishing/publish-each.ts'
import { createPublishEvent } from './publishing/publish-event.ts'
import { createReadState } from './read-state.ts'
import { createReceiveWebhook } from './receive-webhook.ts'
import { createRequestRefresh } from './request-refresh.ts'
import { createShedLoad } from './shed-load.ts'
import type { Sources } from './sources/sources.ts'

export interface IngestParts {
  readonly config: Pick<
    IngestConfig,
    | 'API_TOKEN'
    | 'GLOBAL_RATE_LIMIT'
    | 'MAX_BATCH_EVENTS'
    | 'MAX_EVENT_LOOP_DELAY'
    | 'MAX_QUEUED_EVENTS'
    | 'PUBLISH_TIMEOUT'
    | 'RATE_LIMIT'
    | 'RATE_LIMIT_BURST'
    | 'RECENT_EVENTS'
  >
  /** The sources as they are configured now. */
  sources(): Sources
  readonly collections: Pick<Collections, 'webhookEvents' | 'refreshLogs' | 'buyerGroups'>
  readonly messaging: Pick<MessagingConnection, 'current'>
  readonly guards: Pick<IngestGuards, 'mongodb' | 'kafka'>
  readonly faults: FaultPoints
  readonly clock: Pick<ClockGuard, 'isOff'>
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number
  /** How late the event loop is, in milliseconds, over the last seconds. */
  eventLoopDelayMs(): number
  /** Evenly from 0 to 1. */
  random(): number
  readonly metrics: IngestMetrics
  readonly logger: Logger
}

export interface Ingest {
  readonly listener: RequestListener
  /** To be asked before the listener. */
  readonly refuseUnread: RefuseUnread
  /** Events that wait for the broker. */
  queued(): number
  /** Takes nothing more; resolves once everything taken has its outcome. */
  close(): Promise<void>
}

/** Binds the parts of ingest to one another: what a request can reach, from the server's side to Kafka and MongoDB. */
export function createIngest(parts: IngestParts): Ingest {
  const { config, sources, collections, messaging, guards, faults, clock, now, monotonic, metrics, logger } = parts

  const publishEach = createPublishEach({
    publisher: () => messaging.current()?.publisher,
    guard: guards.kafka,
    onPublished: (seconds, outcome) => metrics.publishDuration.observe({ outcome }, seconds),
  })
  const { find: findRecorded } = faults.port('lookup', {
    find: createFindRecorded({
      events: collections.webhookEvents,
      guard: guards.mongodb,
      logger,
      onSkipped: () => metrics.lookupsSkipped.inc(),
    }),
  })
  const known = createKnownEvents(config.RECENT_EVENTS)
  const publishEvent = createPublishEvent({
    publishEach,
    findRecorded,
    known,
    maxBatch: config.MAX_BATCH_EVENTS,
    maxQueued: config.MAX_QUEUED_EVENTS,
    timeoutMs: config.PUBLISH_TIMEOUT,
    onBatch: (size) => metrics.batchSize.observe(size),
  })
  const receiveWebhook = createReceiveWebhook({
    sources,
    now,
    isClockOff: clock.isOff,
    limitRate: createLimitRate({
      limits: {
        perSource: config.RATE_LIMIT,
        global: config.GLOBAL_RATE_LIMIT,
        burstMs: config.RATE_LIMIT_BURST,
      },
      monotonic,
      metrics,
    }),
    toMessage: (change, traceparent) => toMessages().personChange(change, traceparent),
    publish: createPublishDelivery({ publishEvent, known, findRecorded }),
    metrics,
    onRefused: createLogRefusals(logger, monotonic),
  })
  const serve = createServeAnswer({ metrics, logger })
  const findWebhookRoute = createWebhookRoutes({ sources, receiveWebhook, now })
  const app = createApp({
    sources,
    findWebhookRoute,
    requestRefresh: createRequestRefresh({
      now,
      isClockOff: clock.isOff,
      toMessage: (request, traceparent) => toMessages().refreshRequest(request, traceparent),
      publishEach,
      timeoutMs: config.PUBLISH_TIMEOUT,
      metrics,
    }),
    readState: createReadState(collections),
    checkBearer: createCheckBearer(config.API_TOKEN),
    serve,
  })
  const listener = takeWebhooksFirst(findWebhookRoute, serve, app)
  const shedLoad = createShedLoad({
    eventLoopDelayMs: parts.eventLoopDelayMs,
    maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY,
    queueFullness: publishEvent.fullness,
    random: parts.random,
    metrics,
  })
  return {
    listener,
    refuseUnread: createRefuseUnread(shedLoad, metrics),
    queued: publishEvent.queued,
    close: publishEvent.close,
  }

  function toMessages() {
    const current = messaging.current()
    if (current !== undefined) return current.toMessages
    throw new AppError('not connected to the schema registry yet', {
      code: 'registry_unavailable',
      fate: 'unavailable',
    })
  }
}
