import type { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { type ConsumerToStart, startConsumer } from './consumer-process.ts'

const DEADLINE_MS = 300_000

export interface Drain extends ConsumerToStart {
  readonly topic: string
  /** Called with the process's id when it begins to consume, and when nothing is left. */
  readonly onStart: (pid: number) => Promise<void>
  readonly onEnd: (pid: number) => Promise<void>
}

/**
 * Runs a consumer as a process of its own until its group has committed all that the topic holds, then ends it.
 * @returns seconds from its first assignment to lag 0, as the broker tells it.
 * @throws when the process ends too early, or the topic is not drained within five minutes.
 */
export async function drainTopic(
  kafka: ReturnType<typeof createKafka>,
  { topic, onStart, onEnd, ...toStart }: Drain,
): Promise<number> {
  const consumer = await startConsumer(kafka, toStart)
  try {
    const start = performance.now()
    await onStart(consumer.pid)
    await consumer.untilDrained(topic, DEADLINE_MS)
    const seconds = (performance.now() - start) / 1_000
    await onEnd(consumer.pid)
    return seconds
  } finally {
    await consumer.stop()
  }
}
