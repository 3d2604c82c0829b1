import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type IngestMetrics = ReturnType<typeof createMetrics>

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What ingest counts. Labels are configured sources, fixed codes and route templates: nothing that a sender chooses. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    accepted: new Counter({
      name: 'ingest_events_accepted_total',
      help: 'Events that the broker acknowledged and that were answered 202.',
      labelNames: ['source'] as const,
      registers,
    }),
    repeated: new Counter({
      name: 'ingest_events_repeated_total',
      help: 'Events answered 200 because the same event was already taken.',
      labelNames: ['source'] as const,
      registers,
    }),
    rejected: new Counter({
      name: 'ingest_events_rejected_total',
      help: 'Webhook calls answered with an error, by its code.',
      labelNames: ['reason'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: 'ingest_events_rate_limited_total',
      help: 'Events answered 429, by their source and by the limit: of the source, or of all sources together.',
      labelNames: ['source', 'scope'] as const,
      registers,
    }),
    requestsShed: new Counter({
      name: 'ingest_requests_shed_total',
      help: 'Requests answered 503 before they were read, because this process was overloaded, by what showed it.',
      labelNames: ['reason'] as const,
      registers,
    }),
    connectionsDropped: new Counter({
      name: 'ingest_connections_dropped_total',
      help: 'Connections closed as soon as they were made, because MAX_CONNECTIONS were open.',
      registers,
    }),
    unreadRequests: new Counter({
      name: 'ingest_requests_unread_total',
      help: 'Requests answered without having been read: no HTTP, too slow, or with too many headers; by the code.',
      labelNames: ['reason'] as const,
      registers,
    }),
    receivedBytes: new Counter({
      name: 'ingest_webhook_bytes_total',
      help: 'Bytes of the webhook bodies that were read whole, verified or not.',
      registers,
    }),
    conflicts: new Counter({
      name: 'ingest_event_id_conflicts_total',
      help: 'Deliveries refused because an event id was seen with another body, by source.',
      labelNames: ['source'] as const,
      registers,
    }),
    refreshRequests: new Counter({
      name: 'ingest_refresh_requests_total',
      help: 'Manual refreshes that the broker acknowledged.',
      registers,
    }),
    lookupsSkipped: new Counter({
      name: 'ingest_repeat_lookups_skipped_total',
      help: 'Batches published without asking MongoDB for repeats because it was away.',
      registers,
    }),
    observeRequest: createObserveRequest(registers),
    publishDuration: new Histogram({
      name: 'ingest_publish_duration_seconds',
      help: 'How long the broker took to acknowledge a batch (acks=all).',
      labelNames: ['outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    batchSize: new Histogram({
      name: 'ingest_batch_size',
      help: 'Events in one batch.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      registers,
    }),
    watchQueue: (queued: () => number) =>
      new Gauge({
        name: 'ingest_queue_length',
        help: 'Events that wait for the broker.',
        registers,
        collect() {
          this.set(queued())
        },
      }),
    watchEventLoop: (delayMs: () => number) =>
      new Gauge({
        name: 'ingest_event_loop_delay_seconds',
        help: 'How late the event loop is, smoothed over some seconds: what MAX_EVENT_LOOP_DELAY is compared with.',
        registers,
        collect() {
          this.set(delayMs() / 1_000)
        },
      }),
    watchConnections: (count: () => Promise<number>) =>
      new Gauge({
        name: 'ingest_connections',
        help: 'Connections that are open.',
        registers,
        async collect() {
          this.set(await count())
        },
      }),
    watchClock: (skewMs: () => number | undefined) =>
      new Gauge({
        name: 'ingest_clock_skew_seconds',
        help: "This machine's clock minus the database's, as last known; 0 while unknown.",
        registers,
        collect() {
          this.set((skewMs() ?? 0) / 1_000)
        },
      }),
  }
}

/** Observes one request. Each label combination is looked up once: prom-client sorts and hashes labels at every call. */
function createObserveRequest(registers: Registry[]) {
  const histogram = new Histogram({
    name: 'ingest_request_duration_seconds',
    help: 'From the first byte of a request to its answer.',
    labelNames: ['route', 'status'] as const,
    buckets: SECONDS,
    registers,
  })
  const children = new Map<string, Map<number, Histogram.Internal<'route' | 'status'>>>()
  return (route: string, status: number, seconds: number): void => {
    const ofRoute = children.get(route) ?? new Map()
    if (ofRoute.size === 0) children.set(route, ofRoute)
    const child = ofRoute.get(status) ?? histogram.labels({ route, status })
    ofRoute.set(status, child)
    child.observe(seconds)
  }
}
