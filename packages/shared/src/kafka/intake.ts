import type { EachBatchPayload } from 'kafkajs'
import type { Logger } from '../logging/create-logger.ts'
import type { Assignment } from './assignment.ts'
import type { Retries } from './consumer-types.ts'
import { type RetryLevel, readDelivery } from './delivery.ts'
import type { IncomingMessage } from './incoming.ts'
import type { StartOffsets } from './start-offsets.ts'
import type { Task } from './task.ts'

type Batch = EachBatchPayload['batch']

export interface IntakeOptions {
  readonly starts: StartOffsets
  readonly seek: (position: { topic: string; partition: number; offset: string }) => void
  readonly logger: Logger
}

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
 * Makes tasks of those messages of a fetched batch that were not handed out before. A batch that skips messages is not
 * taken, and what it skips is sought: a fetch that began before the last join (kafkajs joins again within a fetch) can
 * bring one, and taking it would commit past what nobody has processed (guarantees.md, I4). Therefore even the first
 * batch of an assignment is held against where the group stands, whoever had the partition before.
 *
 * What was deleted meanwhile is no gap: where seeking brought nothing, the broker is asked for what it still holds.
 * @returns undefined for a batch that is not taken; it must not count as read.
 * @throws when the broker does not say where reading has to begin.
 */
export async function takeIn(
  batch: Batch,
  assignment: Assignment,
  level: RetryLevel | undefined,
  { starts, seek, logger }: IntakeOptions,
): Promise<readonly Task[] | undefined> {
  const { topic, partition } = batch
  if (!assignment.has(topic, partition)) return undefined
  const fetchedOffset = Number(fetchedOffsetOf(batch))
  if (!assignment.hasStart(topic, partition)) await starts.read(assignment)
  if (!assignment.hasStart(topic, partition)) throw new Error(`no start is known for ${topic}/${partition}`)

  let gap = assignment.gapBefore(topic, partition, fetchedOffset)
  if (gap !== undefined && assignment.hasSought(topic, partition)) {
    assignment.noteFirst(topic, partition, await starts.firstOf(topic, partition))
    gap = assignment.gapBefore(topic, partition, fetchedOffset)
  }
  if (!assignment.active) return undefined
  if (gap !== undefined) {
    logger.warn({ topic, partition, fetchedOffset, expected: gap }, 'a fetch skipped messages, seeking back')
    assignment.noteSought(topic, partition)
    seek({ topic, partition, offset: String(gap) })
    return undefined
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
