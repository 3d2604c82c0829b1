import type { ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { Registry } from 'prom-client'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import type { CheckResult } from '../telemetry/admin-server.ts'
import { Assignment, type PartitionOffset } from './assignment.ts'
import { createBatchGatherer } from './batch-gatherer.ts'
import { createConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler, Decode, MessageHandler } from './consumer-types.ts'
import { createFetchPace } from './fetch-pace.ts'
import type { IncomingMessage } from './incoming.ts'
import { createKeyLanes } from './key-lanes.ts'
import { createTaskProcessor, type DeadLetters } from './process-tasks.ts'
import type { Task } from './task.ts'

/** Fetching pauses above this and resumes below half of it. */
const MAX_QUEUED_MESSAGES = 4_000
const MAX_QUEUED_BYTES = 32 * 1024 * 1024

/** What arrives within this time after a fetch, in milliseconds, is fetched together: all that it can add to latency. */
const FETCH_REST_MS = 50

/** Callbacks that kafkajs keeps open at once: the partitions of one fetch are all handed over before the rest after it. */
const PARTITIONS_AT_ONCE = 64

/** Commits gather for this long, in milliseconds. */
const COMMIT_INTERVAL_MS = 100

/** No sign of life from the client for this long is a silent stall (kafkajs issues #1456, #1599). */
const STALL_MS = 60_000

export interface ConsumerRunnerOptions<Value> {
  readonly kafka: Kafka
  readonly groupId: string
  /** By topic; the keys are the topics consumed. */
  readonly decoders: ReadonlyMap<string, Decode<Value>>
  readonly mode:
    | { readonly kind: 'batch'; readonly maxBatch: number; readonly handle: BatchHandler<Value> }
    | { readonly kind: 'perKey'; readonly concurrency: number; readonly handle: MessageHandler<Value> }
  readonly deadLetters: DeadLetters
  readonly logger: Logger
  readonly registry: Registry
  /** The client gave up and will not come back by itself (kafkajs issue #1445): end the process. */
  readonly onCrash: (error: Error) => void
}

export interface ConsumerRunner {
  /** Takes in nothing new, finishes what is in flight, commits, leaves the group. */
  stop(): Promise<void>
  /** Ready: has an assignment and nothing it waits for. */
  check(): CheckResult
  /** Alive: still fetching. */
  checkLive(): CheckResult
}

/**
 * The only place that talks to a kafkajs consumer: fetch -> decode -> handle -> verdict -> commit.
 *
 * kafkajs's own callback only puts messages into memory and returns, so its loop goes on fetching and heartbeating
 * however slow a handler is; a full memory pauses the fetching. Offsets are committed here alone, up to the highest
 * contiguous finished one, and only for the assignment they belong to.
 */
export async function startConsumerRunner<Value>(options: ConsumerRunnerOptions<Value>): Promise<ConsumerRunner> {
  const { logger, mode } = options
  const metrics = createConsumerMetrics(options.registry)
  const topics = [...options.decoders.keys()]
  const stopping = new AbortController()
  let assignment: Assignment | undefined
  let commitThrough: EachBatchPayload['commitOffsetsIfNecessary'] | undefined
  let paused = false
  let lastActiveAt = Date.now()
  const restAfterFetch = createFetchPace(FETCH_REST_MS)

  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: 10_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 250,
    maxBytes: 8 * 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 10 },
  })

  const processor = createTaskProcessor({
    decoders: options.decoders,
    handle: mode.kind === 'batch' ? mode.handle : oneByOne(mode.handle),
    deadLetters: options.deadLetters,
    logger,
    metrics,
    stopping: stopping.signal,
  })
  const run = async (tasks: readonly Task[]) => {
    await processor.process(tasks)
    scheduleCommit()
  }
  const onTaken = () => resumeWhenDrained()
  const dispatcher =
    mode.kind === 'batch'
      ? createBatchGatherer({ maxBatch: mode.maxBatch, run, onTaken })
      : createKeyLanes({ concurrency: mode.concurrency, run: (task) => run([task]), onTaken })

  const pauseWhenFull = () => {
    if (paused || assignment === undefined) return
    if (dispatcher.queued < MAX_QUEUED_MESSAGES && dispatcher.queuedBytes < MAX_QUEUED_BYTES) return
    paused = true
    consumer.pause(assignment.topicPartitions)
  }
  const resumeWhenDrained = () => {
    metrics.inMemory.set(dispatcher.queued)
    if (!paused || stopping.signal.aborted) return
    if (dispatcher.queued > MAX_QUEUED_MESSAGES / 2 || dispatcher.queuedBytes > MAX_QUEUED_BYTES / 2) return
    paused = false
    consumer.resume(consumer.paused())
  }

  let commitTimer: NodeJS.Timeout | undefined
  let committing: Promise<void> = Promise.resolve()
  const scheduleCommit = () => {
    commitTimer ??= setTimeout(() => {
      commitTimer = undefined
      void commitNow()
    }, COMMIT_INTERVAL_MS)
  }
  const commitNow = (): Promise<void> => {
    committing = committing.then(async () => {
      const owner = assignment
      const offsets = owner?.committable() ?? []
      if (owner === undefined || !owner.active || commitThrough === undefined || offsets.length === 0) return
      try {
        await commitThrough(toKafkaOffsets(offsets))
        owner.noteCommitted(offsets)
      } catch (error) {
        // A rebalance, or the coordinator is away. What was not committed is handed out again or committed later.
        logger.warn(describeError(error), 'commit failed')
        if (!stopping.signal.aborted && owner.active) scheduleCommit()
      }
    })
    return committing
  }

  const onGroupJoin = ({ payload }: ConsumerGroupJoinEvent) => {
    const previous = assignment
    previous?.end()
    dispatcher.dropQueued()
    assignment = new Assignment(payload.memberAssignment, previous)
    commitThrough = undefined
    metrics.rebalances.inc()
    consumer.resume(consumer.paused())
    paused = false
    logger.info({ groupId: options.groupId, assigned: countPartitions(payload.memberAssignment) }, 'joined the group')
  }

  const eachBatch = async ({ batch, commitOffsetsIfNecessary }: EachBatchPayload) => {
    const owner = assignment
    if (owner === undefined || stopping.signal.aborted) return
    const { topic, partition } = batch
    const fetchedOffset = Number(fetchedOffsetOf(batch))
    const gap = owner.gapBefore(topic, partition, fetchedOffset)
    if (gap !== undefined) {
      logger.warn({ topic, partition, fetchedOffset, expected: gap }, 'a stale fetch skipped messages, seeking back')
      consumer.seek({ topic, partition, offset: String(gap) })
      return
    }
    commitThrough = commitOffsetsIfNecessary
    const messages = owner.handOut({
      topic,
      partition,
      fetchedOffset,
      lastOffset: Number(batch.lastOffset()),
      messages: batch.messages.map((message) => toIncoming(topic, partition, message)),
    })
    dispatcher.add(messages.map((message) => ({ message, assignment: owner })))
    pauseWhenFull()
    await restAfterFetch()
  }

  consumer.on(consumer.events.GROUP_JOIN, onGroupJoin)
  const { FETCH_START, FETCH, REBALANCING, CONNECT } = consumer.events
  for (const event of [FETCH_START, FETCH, REBALANCING, CONNECT]) {
    consumer.on(event, () => {
      lastActiveAt = Date.now()
    })
  }
  consumer.on(consumer.events.CRASH, ({ payload }: ConsumerCrashEvent) => {
    lastActiveAt = Date.now()
    logger.error({ ...describeError(payload.error), restart: payload.restart }, 'consumer crashed')
    if (!payload.restart) options.onCrash(payload.error)
  })

  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: true,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch,
  })

  return {
    stop: async () => {
      if (assignment !== undefined) consumer.pause(assignment.topicPartitions)
      dispatcher.dropQueued()
      stopping.abort(new Error('stopping'))
      await dispatcher.idle()
      clearTimeout(commitTimer)
      await commitNow()
      await consumer.disconnect()
    },
    check: () => {
      if (assignment === undefined) return { ok: false, reason: 'not in the consumer group yet' }
      const waitingFor = processor.waitingFor()
      return waitingFor === undefined ? { ok: true } : { ok: false, reason: `waiting: ${waitingFor}` }
    },
    checkLive: () =>
      Date.now() - lastActiveAt < STALL_MS ? { ok: true } : { ok: false, reason: 'the consumer has stopped fetching' },
  }
}

function oneByOne<Value>(handle: MessageHandler<Value>): BatchHandler<Value> {
  return async (batch, signal) => {
    const verdicts = []
    for (const decoded of batch) verdicts.push(await handle(decoded, signal))
    return verdicts
  }
}

/** kafkajs keeps the offset that the fetch asked for on the batch but not in its types. */
function fetchedOffsetOf(batch: EachBatchPayload['batch']): string {
  return (batch as { fetchedOffset?: string }).fetchedOffset ?? batch.firstOffset() ?? '0'
}

function toIncoming(
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: EachBatchPayload['batch']['messages'][number],
): IncomingMessage {
  return { topic, partition, offset, key, value, headers: headers ?? {}, timestamp: Number(timestamp) }
}

function toKafkaOffsets(offsets: readonly PartitionOffset[]) {
  const topics = new Map<string, { partition: number; offset: string }[]>()
  for (const { topic, partition, offset } of offsets) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset: String(offset) }])
  }
  return { topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) }
}

function countPartitions(assignment: Readonly<Record<string, readonly number[]>>): number {
  return Object.values(assignment).reduce((sum, partitions) => sum + partitions.length, 0)
}
