import { createAdaptiveBatcher } from '@buyer-group/shared/batching/adaptive-batcher.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { RECORD_OVERHEAD_BYTES } from '@buyer-group/shared/kafka/rules/record-overhead.ts'
import type { FindRecorded } from './find-recorded.ts'
import { compareBody, type KnownEvents } from './known-events.ts'
import type { PublishEachResult } from './publish-each.ts'
import { withinTime } from './within-time.ts'

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
  readonly known: KnownEvents
  readonly maxBatch: number
  readonly maxQueued: number
  /** How long one event may wait for its outcome, in milliseconds. */
  readonly timeoutMs: number
  onBatch(size: number): void
}

export interface PublishEvent {
  (event: EventToPublish): Promise<PublishOutcome>
  queued(): number
  /** How full the queue in front of Kafka is, by events or by bytes: 0 to 1. */
  fullness(): number
  /** Takes nothing more; resolves once everything taken has its outcome. */
  close(): Promise<void>
}

/** One request to Kafka holds less than its 1 MiB limit whatever the partition, so that it fails or holds as one. */
const MAX_BATCH_BYTES = 700 * 1024
const MAX_QUEUED_BYTES = 64 * 1024 * 1024

/** While one batch is at MongoDB or Kafka another can be on its way; more only makes the batches smaller. */
const MAX_BATCHES_IN_FLIGHT = 2
/** A batch costs MongoDB, Kafka and this process much the same whatever its size: under light load one at a time is quicker. */
const MIN_OVERLAPPING = 16
/** A batch that takes longer than any usual one, such as for a partition without a leader, holds up no others. */
const MAX_HELD_BACK_MS = 50

/** After MongoDB knew an event, this many batches ask it before they are published: repeats seldom come alone. */
const ASK_FIRST_BATCHES = 100

interface Waiting {
  readonly event: EventToPublish
  /** Its asker got 503: publishing it now would help nobody. */
  abandoned: boolean
}

export const TIMED_OUT: PublishOutcome = { kind: 'unavailable', code: 'publish_timeout' }

/**
 * Publishes each event once as far as this process and MongoDB know (guarantees.md, "ingest"), in adaptive batches.
 * What was published lately here is known at once. MongoDB is asked beside Kafka, so that new events do not wait for it:
 * whatever it knows is answered as a repeat or a conflict, and was published once more, which the detector makes one
 * again. While repeats come, it is asked before, so that they are not.
 * A repeat of an event in flight waits for the first's outcome; if the first fails, it tries itself.
 */
export function createPublishEvent(options: PublishEventOptions): PublishEvent {
  const { known } = options
  let askingFirst = 0

  const batcher = createAdaptiveBatcher<Waiting, PublishOutcome>({
    maxBatch: options.maxBatch,
    maxQueued: options.maxQueued,
    maxInFlight: MAX_BATCHES_IN_FLIGHT,
    overlapFrom: MIN_OVERLAPPING,
    overlapAfterMs: MAX_HELD_BACK_MS,
    weigh: ({ event }) => (event.message.value?.length ?? 0) + RECORD_OVERHEAD_BYTES,
    maxBatchWeight: MAX_BATCH_BYTES,
    maxQueuedWeight: MAX_QUEUED_BYTES,
    flush: async (waiting) => {
      const wanted = waiting.filter(({ abandoned }) => !abandoned).map(({ event }) => event)
      if (wanted.length === 0) return waiting.map(() => TIMED_OUT)
      options.onBatch(wanted.length)
      const outcomes = askingFirst > 0 ? await askThenPublish(wanted) : await publishAndAsk(wanted)
      return waiting.map(({ event }) => outcomes.get(event) ?? TIMED_OUT)
    },
  })

  const publishAndAsk = async (events: readonly EventToPublish[]) => {
    const [recorded, results] = await Promise.all([find(events), options.publishEach(events.map(messageOf))])
    return new Map(
      events.map((event, index) => [event, judge(event, recorded) ?? outcomeOf(event, results[index])] as const),
    )
  }

  const askThenPublish = async (events: readonly EventToPublish[]) => {
    askingFirst -= 1
    const recorded = await find(events)
    const fresh = events.filter(({ idempotencyKey }) => !recorded.has(idempotencyKey))
    const results = fresh.length === 0 ? [] : await options.publishEach(fresh.map(messageOf))
    const outcomes = new Map(fresh.map((event, index) => [event, outcomeOf(event, results[index])] as const))
    for (const event of events) {
      const judged = judge(event, recorded)
      if (judged !== undefined) outcomes.set(event, judged)
    }
    return outcomes
  }

  const find = async (events: readonly EventToPublish[]) => {
    const recorded = await options.findRecorded(events.map(({ idempotencyKey }) => idempotencyKey))
    if (recorded.size > 0) askingFirst = ASK_FIRST_BATCHES
    return recorded
  }

  /** By what is recorded, which came out of Kafka. */
  const judge = (event: EventToPublish, recorded: ReadonlyMap<string, string>): PublishOutcome | undefined => {
    const recordedSha256 = recorded.get(event.idempotencyKey)
    if (recordedSha256 === undefined) return undefined
    known.remember(event.idempotencyKey, recordedSha256)
    return { kind: compareBody(recordedSha256, event) }
  }

  const outcomeOf = (event: EventToPublish, result: PublishEachResult | undefined): PublishOutcome => {
    if (result?.ok !== true) return { kind: 'unavailable', code: result?.code ?? 'unexpected_error' }
    known.remember(event.idempotencyKey, event.bodySha256)
    return ACCEPTED
  }

  const attempt = (own: Waiting): Promise<PublishOutcome> => {
    const settled = batcher.add(own).then(
      (outcome) => {
        known.release([own.event])
        return outcome
      },
      (error: unknown): PublishOutcome => {
        known.release([own.event])
        return { kind: 'unavailable', code: classifyError(error).code }
      },
    )
    known.hold([own.event], settled)
    return settled
  }

  const publish = async (own: Waiting): Promise<PublishOutcome> => {
    while (!own.abandoned) {
      const judged = known.judge(own.event)
      if (judged !== undefined) return { kind: judged }
      const first = known.onTheWay(own.event.idempotencyKey)
      if (first === undefined) return attempt(own)
      await first
    }
    return TIMED_OUT
  }

  const publishEvent = (event: EventToPublish): Promise<PublishOutcome> => {
    const own: Waiting = { event, abandoned: false }
    return withinTime(publish(own), options.timeoutMs, () => {
      own.abandoned = true
      return TIMED_OUT
    })
  }

  return Object.assign(publishEvent, {
    queued: () => batcher.queued(),
    fullness: () => batcher.fullness(),
    close: () => batcher.close(),
  })
}

const ACCEPTED: PublishOutcome = { kind: 'accepted' }

const messageOf = ({ message }: EventToPublish) => message
