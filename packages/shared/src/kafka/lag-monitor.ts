import type { Admin, Kafka } from 'kafkajs'
import { Gauge, type Registry } from 'prom-client'

/**
 * Exports how far a consumer group is behind, from the broker's own figures rather than the consumer's, so that it
 * also grows while a consumer is stuck. Every instance reports the whole group: take the maximum over instances.
 */
export function startLagMonitor(options: {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  readonly registry: Registry
  /** Milliseconds between two questions. */
  readonly intervalMs?: number
}): { stop(): Promise<void> } {
  const gauge = new Gauge({
    name: 'kafka_consumer_lag',
    help: 'Messages in the topic that the group has not committed.',
    labelNames: ['topic', 'partition'],
    registers: [options.registry],
  })
  const admin = options.kafka.admin({ retry: { retries: 0 } })
  let connected = false
  let asking: Promise<void> | undefined

  const ask = async () => {
    try {
      if (!connected) await admin.connect()
      connected = true
      for (const [topic, lags] of await lagOf(admin, options.groupId, options.topics)) {
        for (const [partition, lag] of lags) gauge.set({ topic, partition: String(partition) }, lag)
      }
    } catch {
      // Kafka is away: /readyz says so, and the last known figures stay.
      connected = false
    }
  }
  const tick = () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
  }
  tick()
  const timer = setInterval(tick, options.intervalMs ?? 5_000)

  return {
    stop: async () => {
      clearInterval(timer)
      await asking
      await admin.disconnect()
    },
  }
}

/** Lag by topic and partition: high watermark minus committed offset, or minus the low watermark where none is committed. */
export async function lagOf(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, Map<number, number>>> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] })
  const result = new Map<string, Map<number, number>>()
  for (const { topic, partitions } of committed) {
    const ends = await admin.fetchTopicOffsets(topic)
    const lags = new Map<number, number>()
    for (const { partition, high, low } of ends) {
      const offset = Number(partitions.find((candidate) => candidate.partition === partition)?.offset ?? -1)
      lags.set(partition, Math.max(0, Number(high) - (offset < 0 ? Number(low) : offset)))
    }
    result.set(topic, lags)
  }
  return result
}
