import type { EachBatchPayload } from 'kafkajs'
import type { Logger } from '../logging/create-logger.ts'
import type { Assignment } from './assignment.ts'
import type { Retries } from './consumer-types.ts'
import { type RetryLevel, readDelivery } from './delivery.ts'
import type { IncomingMessage } from './incoming.ts'
import type { Task } from './task.ts'

type Batch = EachBatchPayload['batch']

/** The retry topics of the consumed topics, each with whose it is. */
export function retryLevelsOf(topics: readonly string[], retries: Retries): ReadonlyMap<string, RetryLevel> {
  const longest = Math.max(0, ...retries.delaysMs)
  return new Map(
    topics.flatMap((topic) =>
      retries.topicsOf(topic).map((retryTopic, index): [string, RetryLevel] => [
        retryTopic,
        // Fewer delays may be configured than when the message was written.
        { topic, failedAttempts: index + 1, longestDelayMs: retries.delaysMs[index] ?? longest },
      ]),
    ),
  )
}

/**
 * Makes tasks of those messages of a fetched batch that were not handed out before. A batch that skipped messages gives
 * none and is sought back: a fetch of an earlier assignment can do that.
 */
export function takeIn(
  batch: Batch,
  assignment: Assignment,
  level: RetryLevel | undefined,
  seek: (position: { topic: string; partition: number; offset: string }) => void,
  logger: Logger,
): readonly Task[] {
  const { topic, partition } = batch
  const fetchedOffset = Number(fetchedOffsetOf(batch))
  const gap = assignment.gapBefore(topic, partition, fetchedOffset)
  if (gap !== undefined) {
    logger.warn({ topic, partition, fetchedOffset, expected: gap }, 'a stale fetch skipped messages, seeking back')
    seek({ topic, partition, offset: String(gap) })
    return []
  }
  const messages = assignment.handOut({
    topic,
    partition,
    fetchedOffset,
    lastOffset: Number(batch.lastOffset()),
    messages: batch.messages.map((message) => toIncoming(topic, partition, message)),
  })
  return messages.map((message) => ({ message, assignment, delivery: readDelivery(message, level) }))
}

/** kafkajs keeps the offset that the fetch asked for on the batch but not in its types. */
function fetchedOffsetOf(batch: Batch): string {
  return (batch as { fetchedOffset?: string }).fetchedOffset ?? batch.firstOffset() ?? '0'
}

function toIncoming(
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: Batch['messages'][number],
): IncomingMessage {
  return { topic, partition, offset, key, value, headers: headers ?? {}, timestamp: Number(timestamp) }
}
