import { createRequire } from 'node:module'
import type { Kafka, KafkaMessage } from 'kafkajs'
import type { IncomingMessage } from './incoming.ts'

/** Bytes asked for at once; the broker sends a single larger batch all the same, so that reading always goes on. */
const MAX_FETCH_BYTES = 4 * 1024 * 1024

/** kafkajs's isolation level: messages of aborted transactions are not messages. */
const READ_COMMITTED = 1

/** Milliseconds that known partition leaders are trusted; a wrong one is found out by the fetch anyway. */
const METADATA_MAX_AGE_MS = 300_000

interface PartitionData {
  readonly partition: number
  readonly highWatermark: string
}

interface Broker {
  fetch(request: {
    readonly maxWaitTime: number
    readonly minBytes: number
    readonly maxBytes: number
    readonly isolationLevel: number
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[]
    }[]
  }): Promise<{ responses: { partitions: PartitionData[] }[] }>
}

interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  findBroker(node: { readonly nodeId: string }): Promise<Broker>
}

interface Batch {
  /** Without control records and those of aborted transactions. */
  readonly messages: readonly KafkaMessage[]
  isEmptyIncludingFiltered(): boolean
  lastOffset(): string
}

type CreateCluster = (options: object) => Cluster

// Internal to kafkajs, therefore without types; the version is pinned by the lockfile.
const require = createRequire(import.meta.url)
const BatchOf = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  data: PartitionData,
) => Batch

/** What one fetch gave. */
export interface Fetched {
  readonly messages: readonly IncomingMessage[]
  /** The next offset to fetch. Offsets below it that are not among `messages` hold no message. */
  readonly next: number
  /** The broker shows messages below this offset; at or beyond it, an empty answer says nothing. */
  readonly highWatermark: number
}

export interface PartitionFetcher {
  /** @throws kafkajs's errors: protocol errors have a `type`, such as OFFSET_OUT_OF_RANGE. */
  fetch(topic: string, partition: number, offset: number): Promise<Fetched>
  /** Asks the cluster again who leads which partition. */
  refreshLeaders(): Promise<void>
  close(): Promise<void>
}

/**
 * Fetches from partitions without a consumer group. kafkajs has this below its consumer only, and its consumer cannot
 * serve a read that must end: it says nothing of a fetch that came back empty, and stays for ever before a batch whose
 * messages were all compacted away. Without a group there is also nothing to join, to rebalance and to clean up.
 */
export async function openPartitionFetcher(kafka: Kafka, topics: readonly string[]): Promise<PartitionFetcher> {
  const cluster = createCluster(kafka)
  await cluster.connect()
  await cluster.addMultipleTargetTopics(topics)
  return {
    fetch: async (topic, partition, offset) => {
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
      if (nodeId === undefined) throw new Error(`topic ${topic} has no partition ${partition}`)
      const broker = await cluster.findBroker({ nodeId })
      const { responses } = await broker.fetch({
        maxWaitTime: 0,
        minBytes: 1,
        maxBytes: MAX_FETCH_BYTES,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAX_FETCH_BYTES }] }],
      })
      const data = responses[0]?.partitions[0]
      if (data === undefined) throw new Error(`the broker's answer does not name ${topic}/${partition}`)
      const batch = new BatchOf(topic, String(offset), data)
      return {
        messages: batch.messages.map((message) => toIncoming(topic, partition, message)),
        // An empty answer can be one batch whose messages are gone with others behind it: only one step is safe.
        next: batch.isEmptyIncludingFiltered() ? offset + 1 : Number(batch.lastOffset()) + 1,
        highWatermark: Number(data.highWatermark),
      }
    },
    refreshLeaders: () => cluster.refreshMetadata(),
    close: () => cluster.disconnect(),
  }
}

function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  if (symbol === undefined) throw new Error('this version of kafkajs keeps its cluster elsewhere')
  const create = (kafka as unknown as Record<symbol, CreateCluster>)[symbol] as CreateCluster
  return create({
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    isolationLevel: READ_COMMITTED,
  })
}

function toIncoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  const { offset, key, value, headers, timestamp } = message
  return { topic, partition, offset, key, value, headers: headers ?? {}, timestamp: Number(timestamp) }
}
