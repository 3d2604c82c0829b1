import { setTimeout as wait } from 'node:timers/promises'
import type { ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { Registry } from 'prom-client'
import { AppError } from '../errors/app-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import type { CheckResult } from '../telemetry/admin-server.ts'
import { Assignment } from './assignment.ts'
import { createBatchGatherer } from './batch-gatherer.ts'
import { type CommitOffsets, createCommitLoop } from './commit-loop.ts'
import { createConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler, DeadLetters, Decode, MessageHandler, Retries } from './consumer-types.ts'
import { createFetchGate } from './fetch-gate.ts'
import { createFetchPace } from './fetch-pace.ts'
import { createHoldingArea } from './holding-area.ts'
import { retryLevelsOf, takeIn } from './intake.ts'
import { createKeyLanes } from './key-lanes.ts'
import { createMemoryBounds } from './memory-bounds.ts'
import { createTaskProcessor } from './process-tasks.ts'
import { startStallWatchdog } from './stall-watchdog.ts'
import { createStartOffsets } from './start-offsets.ts'
import type { Task } from './task.ts'
import { createWaits } from './waits.ts'

/** What arrives within this time after a small fetch, in milliseconds, is fetched together: all that it can add to latency. */
const FETCH_REST_MS = 50

/** Callbacks that kafkajs keeps open at once: the partitions of one fetch are all handed over before the rest after it. */
const PARTITIONS_AT_ONCE = 64

/** Before the broker is asked again where to begin to read, in milliseconds. */
const READ_AGAIN_MS = 250

const DEFAULT_SESSION_TIMEOUT_MS = 10_000

/** No progress, or no sign of life from the client, for this long is a silent stall (kafkajs issues #1456, #1599). */
const DEFAULT_STALL_MS = 60_000

export interface ConsumerRunnerOptions<Value> {
  readonly kafka: Kafka
  readonly groupId: string
  /** By topic; the keys are the topics consumed, beside the retry topics of each. */
  readonly decoders: ReadonlyMap<string, Decode<Value>>
  readonly mode:
    | { readonly kind: 'batch'; readonly maxBatch: number; readonly handle: BatchHandler<Value> }
    | {
        readonly kind: 'perKey'
        readonly concurrency: number
        readonly handle: MessageHandler<Value>
        /** By topic: its part of the places, relative to the others'; 1 where not given. */
        readonly weights?: ReadonlyMap<string, number>
      }
  readonly deadLetters: DeadLetters
  readonly retries: Retries
  /** How long the group believes in a silent member, in milliseconds. */
  readonly sessionTimeoutMs?: number
  /** How long something readable may go unread, in milliseconds, before `onCrash` is called. */
  readonly stallMs?: number
  readonly logger: Logger
  readonly registry: Registry
  /** The client gave up and will not come back by itself (kafkajs issue #1445), or has stalled: end the process. */
  readonly onCrash: (error: Error) => void
}

export interface ConsumerRunner {
  /** Takes in nothing new, finishes what is in flight, commits, leaves the group. */
  stop(): Promise<void>
  /** Ready: has an assignment and nothing it waits for. */
  check(): CheckResult
  /** Alive: fetching, and getting on. */
  checkLive(): CheckResult
}

/**
 * The only place that talks to a kafkajs consumer: fetch -> hold until due -> decode -> handle -> verdict -> commit.
 *
 * kafkajs's own callback only puts messages into memory and returns, so its loop goes on fetching and heartbeating
 * however slow a handler is; a full memory pauses the fetching. Offsets are committed here alone, up to the highest
 * contiguous finished one, and only for the assignment they belong to.
 * @throws when the broker does not answer or a topic does not exist.
 */
export async function startConsumerRunner<Value>(options: ConsumerRunnerOptions<Value>): Promise<ConsumerRunner> {
  const { kafka, groupId, logger, mode, retries } = options
  const sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS
  const metrics = createConsumerMetrics(options.registry)
  const topics = [...options.decoders.keys()]
  const levels = retryLevelsOf(topics, retries)
  const originOf = (topic: string) => levels.get(topic)?.topic ?? topic
  const stopping = new AbortController()
  const session = { timeoutMs: sessionTimeoutMs, now: () => performance.now() }
  let assignment: Assignment | undefined
  let commitThrough: CommitOffsets | undefined
  let lastActiveAt = performance.now()
  let stalled: readonly string[] = []

  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 2 * sessionTimeoutMs,
    heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 6),
    maxWaitTimeInMs: 250,
    maxBytes: 8 * 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 10 },
  })

  const gate = createFetchGate({
    pause: (partitions) => whileConnected(() => consumer.pause(partitions)),
    resume: (partitions) => whileConnected(() => consumer.resume(partitions)),
  })
  const waits = createWaits((isWaiting) => (isWaiting ? gate.close('waiting', () => true) : gate.open('waiting')))
  const commits = createCommitLoop({
    current: () => assignment && commitThrough && { assignment, commit: commitThrough },
    isStopping: () => stopping.signal.aborted,
    logger,
  })
  const processor = createTaskProcessor({ ...options, metrics, waits, stopping: stopping.signal })
  const noteProgress = () => {
    commits.schedule()
    if (assignment !== undefined) bounds.noteFinished(assignment)
  }
  const onTaken = ({ delivery }: Task) => bounds.noteLoad(delivery.topic)
  const dispatcher =
    mode.kind === 'batch'
      ? createBatchGatherer({
          maxBatch: mode.maxBatch,
          run: (tasks) => processor.process(tasks).then(noteProgress),
          onTaken,
        })
      : createKeyLanes({
          concurrency: mode.concurrency,
          weights: new Map(topics.map((topic) => [topic, mode.weights?.get(topic) ?? 1])),
          run: (task) => processor.processOne(task).then(noteProgress),
          onTaken,
        })
  const bounds = createMemoryBounds({ dispatcher, gate, originOf, topics })
  const holding = createHoldingArea({
    release: (tasks) => dispatch(tasks),
    onFull: (topic, partition, isFull) => {
      const reason = `held ${topic}/${partition}`
      if (isFull) gate.close(reason, (name, number) => name === topic && number === partition)
      else gate.open(reason)
    },
    now: Date.now,
  })
  const dispatch = (tasks: readonly Task[]) => {
    dispatcher.add(tasks)
    const [first] = tasks
    if (first !== undefined) bounds.noteLoad(first.delivery.topic)
  }
  const paceFetches = createFetchPace({
    restMs: FETCH_REST_MS,
    isFull: () => bounds.isFull,
    queued: () => dispatcher.queued,
  })
  const forgetQueued = () => {
    dispatcher.dropQueued()
    holding.clear()
    bounds.reset()
  }

  const intake = {
    starts: createStartOffsets(kafka, groupId, stopping.signal),
    seek: (position: { topic: string; partition: number; offset: string }) => consumer.seek(position),
    logger,
  }
  const onGroupJoin = ({ payload }: ConsumerGroupJoinEvent) => {
    assignment?.end()
    forgetQueued()
    assignment = new Assignment(payload.memberAssignment, session)
    commitThrough = undefined
    metrics.rebalances.inc()
    gate.assign(payload.memberAssignment, (reason) => reason === 'stopping' || reason === 'waiting')
    // Asked early, so that it is known when the first batch comes; a failure shows there.
    intake.starts.read(assignment).catch(() => {})
    logger.info({ groupId, assigned: countPartitions(payload.memberAssignment) }, 'joined the group')
  }

  const tryToTakeIn = async (batch: EachBatchPayload['batch'], owner: Assignment) => {
    try {
      return await takeIn(batch, owner, levels.get(batch.topic), intake)
    } catch (error) {
      // The batch is left to be fetched again.
      logger.warn(describeError(error), 'where to begin to read is not known yet, trying again')
      await wait(READ_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {})
      return undefined
    }
  }

  const eachBatch = async ({ batch, commitOffsetsIfNecessary, resolveOffset }: EachBatchPayload) => {
    const owner = assignment
    if (owner === undefined || stopping.signal.aborted) return
    const { topic, partition } = batch
    commitThrough = commitOffsetsIfNecessary
    const tasks = await tryToTakeIn(batch, owner)
    if (tasks === undefined || stopping.signal.aborted || !owner.active) return
    // Only what was taken: kafkajs would note a stale batch, too, as read by the current assignment.
    resolveOffset(batch.lastOffset())
    if (tasks.length === 0) return
    if (!levels.has(topic)) dispatch(tasks)
    else holding.add(tasks)
    metrics.inMemory.set(dispatcher.queued + holding.held)
    bounds.noteFetched(owner, topic, partition)
    await paceFetches(tasks.length)
    if (owner.active) bounds.pauseFull()
  }

  const { GROUP_JOIN, FETCH_START, FETCH, CONNECT, REBALANCING, HEARTBEAT, CRASH, END_BATCH_PROCESS } = consumer.events
  consumer.on(GROUP_JOIN, onGroupJoin)
  for (const event of [FETCH_START, FETCH, REBALANCING, CONNECT]) {
    consumer.on(event, () => {
      lastActiveAt = performance.now()
    })
  }
  consumer.on(HEARTBEAT, () => assignment?.noteHeartbeat())
  consumer.on(REBALANCING, () => {
    // The last moment in which the group still takes what is finished.
    void commits.now()
    assignment?.suspend()
  })
  consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, firstOffset, lastOffset, batchSize } }) => {
    // Without messages it did not come to eachBatch. kafkajs gives no first offset where it found no record at all.
    if (batchSize === 0) assignment?.passOver(topic, partition, Number(firstOffset ?? lastOffset), Number(lastOffset))
  })
  consumer.on(CRASH, ({ payload }: ConsumerCrashEvent) => {
    lastActiveAt = performance.now()
    logger.error({ ...describeError(payload.error), restart: payload.restart }, 'consumer crashed')
    if (!payload.restart) options.onCrash(payload.error)
  })

  await consumer.connect()
  await consumer.subscribe({ topics: [...topics, ...levels.keys()], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch,
  })
  const watchdog = startStallWatchdog({
    kafka,
    groupId,
    current: () => assignment,
    isPaused: gate.isPaused,
    stallMs,
    onStall: (partitions) => {
      stalled = partitions
      const error = new AppError(`nothing arrives from ${partitions.join(', ')} though the broker has more`, {
        code: 'consumer_stalled',
        fate: 'unavailable',
      })
      logger.error({ ...describeError(error), groupId, partitions }, 'the consumer has stalled')
      options.onCrash(error)
    },
  })

  return {
    stop: async () => {
      stopping.abort(new Error('stopping'))
      gate.close('stopping', () => true)
      forgetQueued()
      await Promise.all([dispatcher.idle(), watchdog.stop()])
      commits.stop()
      await commits.now()
      await consumer.disconnect()
    },
    check: () => {
      if (assignment === undefined) return { ok: false, reason: 'not in the consumer group yet' }
      return waits.code === undefined ? { ok: true } : { ok: false, reason: `waiting: ${waits.code}` }
    },
    checkLive: () => {
      if (stalled.length > 0) return { ok: false, reason: `nothing arrives from ${stalled.join(', ')}` }
      const isSilent = performance.now() - lastActiveAt > stallMs
      return isSilent ? { ok: false, reason: 'the consumer has stopped fetching' } : { ok: true }
    },
  }
}

/** Between a crash and its restart kafkajs has no group and throws; the next assignment is paused anew as it must be. */
function whileConnected(call: () => void): void {
  try {
    call()
  } catch (error) {
    if ((error as { name?: unknown } | null)?.name !== 'KafkaJSNonRetriableError') throw error
  }
}

function countPartitions(assignment: Readonly<Record<string, readonly number[]>>): number {
  return Object.values(assignment).reduce((sum, partitions) => sum + partitions.length, 0)
}
