import { ExponentialBackoff, handleWhen, type IPolicy, retry } from 'cockatiel'
import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import type { Fetched, PartitionFetcher } from './fetch-partition.ts'
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

/** What a range is read from. */
export interface RangeSource extends Pick<PartitionFetcher, 'fetch' | 'refreshLeaders'> {
  /** The first offset of the range's partition that the broker still keeps. */
  firstKept(range: OffsetRange): Promise<number | undefined>
}

interface BackoffLimits {
  readonly initialDelay: number
  readonly maxDelay: number
}

/** A fetch that fails is tried again as often, half a minute in all: longer than the election of a leader takes. */
const MAX_ATTEMPTS = 14
const BACKOFF: BackoffLimits = { initialDelay: 100, maxDelay: 3_000 }

interface RangeReading {
  readonly source: RangeSource
  readonly range: OffsetRange
  readonly again: IPolicy
  readonly signal: AbortSignal | undefined
}

/**
 * Reads one range in the order of its offsets and ends at its end, whatever offsets hold no message.
 * @param backoff bounds of the waits between attempts at a fetch that failed, in milliseconds
 * @throws AppError `offset_out_of_range` (permanent), `kafka_unavailable` (unavailable), the signal's reason.
 */
export async function* readRange(
  source: RangeSource,
  range: OffsetRange,
  options: ReadOptions,
  backoff: BackoffLimits = BACKOFF,
): AsyncGenerator<IncomingMessage, void, undefined> {
  const { topic, partition, from, to } = range
  const { signal, onExpired } = options
  const again = retry(handleWhen(isPassing), { maxAttempts: MAX_ATTEMPTS, backoff: new ExponentialBackoff(backoff) })
  const reading: RangeReading = { source, range, again, signal }
  let next = from
  while (next < to) {
    signal?.throwIfAborted()
    const fetched = await fetchFrom(reading, next)
    if (fetched === 'expired') {
      const kept = Math.min(to, await firstKeptAfter(reading, next))
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
  const { source, again, range } = reading
  const { topic, partition } = range
  try {
    return await again.execute(async ({ signal }) => {
      signal.throwIfAborted()
      try {
        const fetched = await source.fetch(topic, partition, offset)
        // A leader just elected may not show yet what the last one showed: an empty answer then is no gap.
        if (fetched.highWatermark > offset) return fetched
        throw new AppError(`the broker shows ${topic}/${partition} only up to offset ${fetched.highWatermark}`, {
          code: 'kafka_unavailable',
          fate: 'unavailable',
        })
      } catch (error) {
        if ((error as { type?: unknown }).type === 'OFFSET_OUT_OF_RANGE') return 'expired'
        await source.refreshLeaders().catch(() => {})
        throw error
      }
    }, reading.signal)
  } catch (error) {
    reading.signal?.throwIfAborted()
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
async function firstKeptAfter({ source, range }: RangeReading, offset: number): Promise<number> {
  const first = await source.firstKept(range)
  if (first !== undefined && first > offset) return first
  throw new AppError(
    `${range.topic}/${range.partition} has no offset ${offset} any more: the topic was made anew, or its broker lost messages`,
    { code: 'offset_out_of_range', fate: 'permanent' },
  )
}

function isPassing(error: unknown): boolean {
  return classifyError(error).fate === 'unavailable'
}
