import { ExponentialBackoff, handleWhen, type IPolicy, retry } from 'cockatiel'
import type { Admin, Kafka } from 'kafkajs'
import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import { type Fetched, openPartitionFetcher, type PartitionFetcher } from './fetch-partition.ts'
import type { IncomingMessage } from './incoming.ts'

/** Part of one partition. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  /** The first offset. */
  readonly from: number
  /** The offset after the last one. */
  readonly to: number
}

export interface ReadOptions {
  /** Ends the read: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Told of offsets of a range that the broker no longer keeps (retention); reading goes on after them. */
  readonly onExpired?: (range: OffsetRange) => void
}

/** A fetch that fails is tried again as often, half a minute in all: longer than the election of a leader takes. */
const MAX_ATTEMPTS = 14
const BACKOFF = { initialDelay: 100, maxDelay: 3_000 }

/**
 * The offsets that every partition of the topics holds at this moment, or those since a time (by the messages'
 * timestamps, milliseconds since the epoch). A partition without messages gives an empty range.
 * @throws AppError `unknown_topic` (permanent) naming the topics that do not exist; kafkajs's errors when Kafka is away.
 */
export async function findOffsetRanges(
  kafka: Kafka,
  topics: readonly string[],
  options: { readonly since?: number } = {},
): Promise<OffsetRange[]> {
  return withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics())
    const unknown = topics.filter((topic) => !existing.has(topic))
    if (unknown.length > 0) throw unknownTopic(unknown)
    const ranges = await Promise.all(topics.map((topic) => rangesOf(admin, topic, options.since)))
    return ranges.flat()
  })
}

/**
 * Reads what stands in these ranges, one partition after the other in the order given, each in the order of its
 * offsets, and ends there; also where offsets hold no message (compaction, transactions) and where nothing stands.
 * What arrives later is not waited for. Joins no consumer group, commits nothing, holds one fetch in memory.
 * @throws AppError `unknown_topic` or `offset_out_of_range` (permanent: beyond what the partition ever held),
 * `kafka_unavailable` (unavailable) when a partition cannot be read for half a minute, kafkajs's errors when Kafka is
 * away at the start, the signal's reason when it is aborted.
 */
export async function* readRanges(
  kafka: Kafka,
  ranges: readonly OffsetRange[],
  options: ReadOptions = {},
): AsyncGenerator<IncomingMessage, void, undefined> {
  const open = ranges.filter(({ from, to }) => from < to)
  options.signal?.throwIfAborted()
  if (open.length === 0) return
  const topics = [...new Set(open.map(({ topic }) => topic))]
  const fetcher = await openPartitionFetcher(kafka, topics).catch((error: unknown) => {
    throw (error as { type?: unknown }).type === 'UNKNOWN_TOPIC_OR_PARTITION' ? unknownTopic(topics) : error
  })
  const again = retry(handleWhen(isPassing), {
    maxAttempts: MAX_ATTEMPTS,
    backoff: new ExponentialBackoff(BACKOFF),
  })
  try {
    for (const range of open) yield* readRange({ kafka, fetcher, again, range, options })
  } finally {
    await fetcher.close()
  }
}

/** Everything that stands in the topics at this moment, or since a time: {@link findOffsetRanges}, then {@link readRanges}. */
export async function* readTopics(
  kafka: Kafka,
  topics: readonly string[],
  options: ReadOptions & { readonly since?: number } = {},
): AsyncGenerator<IncomingMessage, void, undefined> {
  yield* readRanges(kafka, await findOffsetRanges(kafka, topics, options), options)
}

interface RangeReading {
  readonly kafka: Kafka
  readonly fetcher: PartitionFetcher
  readonly again: IPolicy
  readonly range: OffsetRange
  readonly options: ReadOptions
}

async function* readRange(reading: RangeReading): AsyncGenerator<IncomingMessage, void, undefined> {
  const { topic, partition, from, to } = reading.range
  const { signal, onExpired } = reading.options
  let next = from
  while (next < to) {
    signal?.throwIfAborted()
    const fetched = await fetchFrom(reading, next)
    if (fetched === 'expired') {
      const kept = Math.min(to, await firstKept(reading, next))
      onExpired?.({ topic, partition, from: next, to: kept })
      next = kept
      continue
    }
    for (const message of fetched.messages) {
      if (Number(message.offset) >= to) return
      yield message
      signal?.throwIfAborted()
    }
    next = fetched.next
  }
}

/** Fetches until an answer can be believed. */
async function fetchFrom(reading: RangeReading, offset: number): Promise<Fetched | 'expired'> {
  const { fetcher, again, range, options } = reading
  const { topic, partition } = range
  try {
    return await again.execute(async ({ signal }) => {
      signal.throwIfAborted()
      try {
        const fetched = await fetcher.fetch(topic, partition, offset)
        // A leader just elected may not show yet what the last one showed: an empty answer then is no gap.
        if (fetched.highWatermark > offset) return fetched
        throw new AppError(`the broker shows ${topic}/${partition} only up to offset ${fetched.highWatermark}`, {
          code: 'kafka_unavailable',
          fate: 'unavailable',
        })
      } catch (error) {
        if ((error as { type?: unknown }).type === 'OFFSET_OUT_OF_RANGE') return 'expired'
        await fetcher.refreshLeaders().catch(() => {})
        throw error
      }
    }, options.signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw new AppError(
      `${topic}/${partition} could not be read from offset ${offset}: ${classifyError(error).message}`,
      {
        code: 'kafka_unavailable',
        fate: 'unavailable',
        cause: error,
      },
    )
  }
}

/** The first offset after `offset` that the broker still keeps. */
async function firstKept({ kafka, range }: RangeReading, offset: number): Promise<number> {
  const kept = await withAdmin(kafka, (admin) => rangesOf(admin, range.topic))
  const first = kept.find(({ partition }) => partition === range.partition)?.from
  if (first !== undefined && first > offset) return first
  throw new AppError(
    `${range.topic}/${range.partition} has no offset ${offset} any more: the topic was made anew, or its broker lost messages`,
    { code: 'offset_out_of_range', fate: 'permanent' },
  )
}

async function rangesOf(admin: Admin, topic: string, since?: number): Promise<OffsetRange[]> {
  const ends = await admin.fetchTopicOffsets(topic)
  const starts = since === undefined ? undefined : await admin.fetchTopicOffsetsByTimestamp(topic, since)
  return ends
    .map(({ partition, low, high }) => {
      const to = Number(high)
      const start = starts?.find((candidate) => candidate.partition === partition)?.offset ?? low
      return { topic, partition, from: Math.min(Math.max(Number(start), Number(low)), to), to }
    })
    .sort((a, b) => a.partition - b.partition)
}

async function withAdmin<Result>(kafka: Kafka, ask: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

function isPassing(error: unknown): boolean {
  return classifyError(error).fate === 'unavailable'
}

function unknownTopic(topics: readonly string[]): AppError {
  const what = topics.length === 1 ? `${topics[0]} does` : `some or all of ${topics.join(', ')} do`
  return new AppError(`${what} not exist: check the name and TOPIC_PREFIX, or run "npm run setup"`, {
    code: 'unknown_topic',
    fate: 'permanent',
  })
}
