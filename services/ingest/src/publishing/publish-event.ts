import { createAdaptiveBatcher } from '@buyer-group/shared/batching/adaptive-batcher.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { LRUCache } from 'lru-cache'
import type { FindRecorded } from './find-recorded.ts'
import type { PublishEachResult } from './publish-each.ts'

/** A verified event on its way to Kafka. */
export interface EventToPublish {
  /** `source:id`. */
  readonly idempotencyKey: string
  readonly bodySha256: string
  readonly message: OutgoingMessage
}

/**
 * - `accepted`: the broker acknowledged it (acks=all);
 * - `repeated`: the same event is durably in Kafka already;
 * - `conflict`: the id is, with another body;
 * - `unavailable`: not published, or nobody knows; the provider must send it again.
 */
export type PublishOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unavailable'; readonly code: string }

export interface PublishEventOptions {
  /** Publishes with acks=all and tells the fate of each message. Never throws. */
  publishEach(messages: readonly OutgoingMessage[]): Promise<readonly PublishEachResult[]>
  readonly findRecorded: FindRecorded
  readonly maxBatch: number
  readonly maxQueued: number
  /** How many published events are remembered. */
  readonly maxRecent: number
  /** How long one event may wait for its outcome, in milliseconds. */
  readonly timeoutMs: number
  onBatch(size: number): void
}

export interface PublishEvent {
  (event: EventToPublish): Promise<PublishOutcome>
  queued(): number
  /** Takes nothing more; resolves once everything taken has its outcome. */
  close(): Promise<void>
}

/** One request to Kafka holds less than its 1 MiB limit whatever the partition, so that it fails or holds as one. */
const MAX_BATCH_BYTES = 700 * 1024
const MAX_QUEUED_BYTES = 64 * 1024 * 1024
const RECORD_OVERHEAD_BYTES = 512

/** While one batch is at MongoDB or Kafka another can be on its way; more only makes the batches smaller. */
const MAX_BATCHES_IN_FLIGHT = 2

interface Waiting extends EventToPublish {
  /** Its asker got 503: publishing it now would help nobody. */
  abandoned: boolean
}

type Settled = PublishOutcome & { readonly recordedSha256?: string }

const TIMED_OUT: PublishOutcome = { kind: 'unavailable', code: 'publish_timeout' }

/**
 * Publishes each event once as far as this process and MongoDB know (guarantees.md, "ingest"): first what was
 * published lately here, then MongoDB, both by idempotency key and body hash; then Kafka, in adaptive batches.
 * A repeat of an event in flight waits for the first's outcome; if the first fails, it tries itself.
 */
export function createPublishEvent(options: PublishEventOptions): PublishEvent {
  const recent = new LRUCache<string, string>({ max: options.maxRecent })
  const inFlight = new Map<string, Promise<Settled>>()

  const batcher = createAdaptiveBatcher<Waiting, Settled>({
    maxBatch: options.maxBatch,
    maxQueued: options.maxQueued,
    maxInFlight: MAX_BATCHES_IN_FLIGHT,
    // A batch costs MongoDB, Kafka and this process much the same whatever its size.
    overlapEvenly: true,
    weigh: ({ message }) => (message.value?.length ?? 0) + RECORD_OVERHEAD_BYTES,
    maxBatchWeight: MAX_BATCH_BYTES,
    maxQueuedWeight: MAX_QUEUED_BYTES,
    flush: async (events) => {
      const wanted = events.filter((event) => !event.abandoned)
      if (wanted.length === 0) return events.map(() => TIMED_OUT)
      options.onBatch(wanted.length)
      const recorded = await options.findRecorded(wanted.map((event) => event.idempotencyKey))
      const fresh = wanted.filter((event) => !recorded.has(event.idempotencyKey))
      const results = fresh.length === 0 ? [] : await options.publishEach(fresh.map((event) => event.message))
      const outcomes = new Map<EventToPublish, Settled>(
        fresh.map((event, index) => [event, outcomeOf(results[index])] as const),
      )
      return events.map((event) => {
        const recordedSha256 = recorded.get(event.idempotencyKey)
        if (recordedSha256 !== undefined) return { ...compare(recordedSha256, event), recordedSha256 }
        return outcomes.get(event) ?? TIMED_OUT
      })
    },
  })

  const attempt = (event: Waiting): Promise<Settled> => {
    const settled = batcher
      .add(event)
      .catch((error: unknown): Settled => ({ kind: 'unavailable', code: classifyError(error).code }))
      .then((outcome) => {
        if (outcome.kind === 'accepted') recent.set(event.idempotencyKey, event.bodySha256)
        else if (outcome.recordedSha256 !== undefined) recent.set(event.idempotencyKey, outcome.recordedSha256)
        inFlight.delete(event.idempotencyKey)
        return outcome
      })
    inFlight.set(event.idempotencyKey, settled)
    return settled
  }

  const publish = async (event: EventToPublish, isOver: () => boolean, own: Waiting): Promise<PublishOutcome> => {
    while (!isOver()) {
      const known = recent.get(event.idempotencyKey)
      if (known !== undefined) return compare(known, event)
      const first = inFlight.get(event.idempotencyKey)
      if (first === undefined) return attempt(own)
      await first
    }
    return TIMED_OUT
  }

  const publishEvent = (event: EventToPublish): Promise<PublishOutcome> =>
    new Promise((resolve) => {
      const own: Waiting = { ...event, abandoned: false }
      const timer = setTimeout(() => {
        own.abandoned = true
        resolve(TIMED_OUT)
      }, options.timeoutMs)
      void publish(event, () => own.abandoned, own).then((outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      })
    })

  return Object.assign(publishEvent, { queued: () => batcher.queued(), close: () => batcher.close() })
}

function compare(knownSha256: string, event: EventToPublish): PublishOutcome {
  return knownSha256 === event.bodySha256 ? { kind: 'repeated' } : { kind: 'conflict' }
}

function outcomeOf(result: PublishEachResult | undefined): Settled {
  if (result?.ok === true) return { kind: 'accepted' }
  return { kind: 'unavailable', code: result?.code ?? 'unexpected_error' }
}
