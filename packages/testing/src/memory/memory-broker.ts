import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'

export interface MemoryBrokerOptions {
  /** The topics that are there, with their number of partitions. */
  readonly topics: ReadonlyMap<string, number>
  /** The broker's clock, in milliseconds. */
  readonly now: () => number
}

/** Topics in memory: what was appended to a partition stays there in order. Offsets of groups are kept beside them. */
export interface MemoryBroker {
  /** Appends at the end of the partition that the key belongs to. */
  append(message: OutgoingMessage): IncomingMessage
  /** A partition, by offset; it grows. */
  log(topic: string, partition: number): readonly IncomingMessage[]
  /** Everything in a topic, partition after partition. */
  readAll(topic: string): readonly IncomingMessage[]
  partitionsOf(topic: string): readonly number[]
  /** The next offset that a group would read; 0 where it committed none. */
  committed(group: string, topic: string, partition: number): number
  commit(group: string, topic: string, partition: number, offset: number): void
}

export function createMemoryBroker({ topics, now }: MemoryBrokerOptions): MemoryBroker {
  const logs = new Map<string, IncomingMessage[][]>()
  for (const [topic, count] of topics)
    logs.set(
      topic,
      Array.from({ length: count }, () => []),
    )
  const offsets = new Map<string, number>()
  const partitionsOf = (topic: string) => {
    const partitions = logs.get(topic)
    if (partitions === undefined) throw unknownTopic(topic)
    return partitions
  }
  return {
    append: ({ topic, key, value, headers }) => {
      const partitions = partitionsOf(topic)
      const keyBytes = key === null ? null : Buffer.from(key)
      const partition = keyBytes === null ? 0 : keyBytes.reduce((sum, byte) => sum + byte, 0) % partitions.length
      const log = partitions[partition] ?? []
      const offset = String(log.length)
      const message = { topic, partition, offset, key: keyBytes, value, headers, timestamp: now() }
      log.push(message)
      return message
    },
    log: (topic, partition) => partitionsOf(topic)[partition] ?? [],
    readAll: (topic) => partitionsOf(topic).flat(),
    partitionsOf: (topic) => [...partitionsOf(topic).keys()],
    committed: (group, topic, partition) => offsets.get(`${group} ${topic}/${partition}`) ?? 0,
    commit: (group, topic, partition, offset) => {
      offsets.set(`${group} ${topic}/${partition}`, offset)
    },
  }
}

/**
 * A publisher into a broker in memory; held to Kafka's by the contract suite for publishers.
 * @param between awaited between messages: a publisher that dies there has published only some of them.
 */
export function createMemoryPublisher(
  broker: MemoryBroker,
  between: () => Promise<void> = () => Promise.resolve(),
): Publisher {
  return {
    publish: async (messages) => {
      for (const { topic } of messages) broker.partitionsOf(topic)
      for (const message of messages) {
        await between()
        broker.append(message)
      }
    },
  }
}

function unknownTopic(topic: string): AppError {
  return new AppError(`Kafka has no topic ${topic}`, { code: 'kafka_unavailable', fate: 'unavailable' })
}
