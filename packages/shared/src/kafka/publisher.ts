import type { Kafka, Message, TopicMessages } from 'kafkajs'
import { AppError } from '../errors/app-error.ts'
import type { CheckResult } from '../telemetry/admin-server.ts'
import { createPartitioner } from './create-partitioner.ts'
import { createKafkaCheck } from './kafka-check.ts'
import type { OutgoingMessage, Publisher } from './outgoing.ts'
import { RECORD_OVERHEAD_BYTES } from './rules/record-overhead.ts'
import { createSendWhole, ONE_TRY } from './send-whole.ts'

/** Kafka's default `message.max.bytes` is 1 MiB for one partition's batch; this stays under it whatever the partition. */
const MAX_REQUEST_BYTES = 768 * 1024

export interface OpenPublisher extends Publisher {
  check(): CheckResult | Promise<CheckResult>
  close(): Promise<void>
}

/**
 * A producer with acks=all; never creates a topic. Not idempotent on purpose: a message sent twice by a retry is
 * harmless here (every consumer recognises repeats), while kafkajs's idempotent producer has to be thrown away after
 * a lost sequence number. See docs/decisions.
 * @throws when no broker answers.
 */
export async function openPublisher(kafka: Kafka): Promise<OpenPublisher> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner,
    retry: ONE_TRY,
  })
  await producer.connect()
  const sendWhole = createSendWhole(producer)
  const health = createKafkaCheck(kafka)

  return {
    publish: async (messages) => {
      for (const chunk of splitByBytes(messages, MAX_REQUEST_BYTES)) {
        try {
          await sendWhole(byTopic(chunk))
        } catch (error) {
          throw publishError(error, chunk)
        }
      }
    },
    check: () => health.check(),
    close: async () => {
      await Promise.all([producer.disconnect(), health.close()])
    },
  }
}

/** Cuts messages, in order, into requests of at most `maxBytes`; a larger message travels alone. */
export function splitByBytes(messages: readonly OutgoingMessage[], maxBytes: number): OutgoingMessage[][] {
  const chunks: OutgoingMessage[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = (message.key?.length ?? 0) + (message.value?.length ?? 0) + RECORD_OVERHEAD_BYTES
    const current = chunks.at(-1)
    if (current === undefined || bytes + size > maxBytes) {
      chunks.push([message])
      bytes = size
    } else {
      current.push(message)
      bytes += size
    }
  }
  return chunks
}

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, Message[]>()
  for (const { topic, key, value, headers } of messages) {
    const list = topics.get(topic)
    const message = { key, value, headers }
    if (list === undefined) topics.set(topic, [message])
    else list.push(message)
  }
  return [...topics].map(([topic, list]) => ({ topic, messages: list }))
}

function publishError(error: unknown, chunk: readonly OutgoingMessage[]): AppError {
  const topics = [...new Set(chunk.map((message) => message.topic))].join(', ')
  const type = (error as { type?: unknown } | null)?.type
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new AppError(`a message for ${topics} is larger than the broker takes`, {
      code: 'message_too_large',
      fate: 'permanent',
      cause: error,
    })
  }
  return new AppError(`Kafka did not acknowledge messages for ${topics}; whether it has them is unknown`, {
    code: 'kafka_unavailable',
    fate: 'unavailable',
    cause: error,
  })
}
