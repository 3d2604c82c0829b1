import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import type { Producer, TopicMessages } from 'kafkajs'

/** To be given to `kafka.producer`: kafkajs tries once, `createSendWhole` does the rest. */
export const ONE_TRY = { retries: 0 } as const

/** Tries beyond the first, and the waits before them in milliseconds. */
const RETRIES = 5
const WAITS = { initialDelay: 50, maxDelay: 1_000 } as const

/**
 * Sends messages with acks=all and tries all of them again when any part of them failed for a reason that may pass.
 *
 * kafkajs's own retries lose messages (its issue #1303): between two tries they remember which broker has answered, not
 * which partitions. If the leader of a partition dies and one that has answered already takes over, the partition's
 * messages are never sent, and the whole is reported as acknowledged. Sent again as a whole, some messages come twice,
 * which every consumer recognises.
 * @throws kafkajs's error of the last try.
 */
export function createSendWhole(producer: Pick<Producer, 'sendBatch'>): (messages: TopicMessages[]) => Promise<void> {
  const tries = retry(handleWhen(mayPass), { maxAttempts: RETRIES, backoff: new ExponentialBackoff(WAITS) })
  return async (topicMessages) => {
    await tries.execute(() => producer.sendBatch({ topicMessages, acks: -1, timeout: 10_000 }))
  }
}

/** kafkajs wraps what it would have tried again; what gave up after tries of its own, connecting, has no more to hope for. */
function mayPass(error: unknown): boolean {
  const { name, retryCount } = (error ?? {}) as { name?: unknown; retryCount?: unknown }
  return name === 'KafkaJSNumberOfRetriesExceeded' && retryCount === 0
}
