import type { Admin, Kafka } from 'kafkajs'
import { AppError } from '../errors/app-error.ts'
import { openPartitionFetcher } from './fetch-partition.ts'
import type { IncomingMessage } from './incoming.ts'
import { type OffsetRange, type RangeSource, type ReadOptions, readRange } from './read-range.ts'

export type { OffsetRange, ReadOptions } from './read-range.ts'

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
  const source: RangeSource = {
    fetch: fetcher.fetch,
    refreshLeaders: fetcher.refreshLeaders,
    firstKept: (range) => firstKept(kafka, range),
  }
  try {
    for (const range of open) yield* readRange(source, range, options)
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

/** The first offset of the partition that the broker still keeps. */
async function firstKept(kafka: Kafka, { topic, partition }: OffsetRange): Promise<number | undefined> {
  const kept = await withAdmin(kafka, (admin) => rangesOf(admin, topic))
  return kept.find((range) => range.partition === partition)?.from
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

function unknownTopic(topics: readonly string[]): AppError {
  const what = topics.length === 1 ? `${topics[0]} does` : `some or all of ${topics.join(', ')} do`
  return new AppError(`${what} not exist: check the name and TOPIC_PREFIX, or run "npm run setup"`, {
    code: 'unknown_topic',
    fate: 'permanent',
  })
}
