import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { findOffsetRanges, readRanges } from '@buyer-group/shared/kafka/read-topic.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { Kafka } from 'kafkajs'
import type { EventRange, EventSource, LeftOut } from './event-source.ts'
import { mergeByTime } from './merge-by-time.ts'
import { type BacktestEvent, toBacktestEvent } from './rules/backtest-event.ts'
import { createRepeatFilter } from './rules/repeat-filter.ts'

export interface TopicOptions {
  readonly kafka: Kafka
  readonly schemaRegistryUrl: string
  readonly topicPrefix: string
}

/** How far the broker's time of a message may lie before ingest's `receivedAt` within it. */
const CLOCK_TOLERANCE_MS = 10 * 60_000

/**
 * The events that the topic `person-changes` keeps (14 days), also those that no detector has come to yet, as far as it
 * holds them at this moment. Joins no consumer group.
 * @throws AppError `unknown_topic` (permanent), `kafka_unavailable` (unavailable).
 */
export async function openRetainedEvents(options: TopicOptions, { since, until }: EventRange): Promise<EventSource> {
  const { kafka, schemaRegistryUrl, topicPrefix } = options
  const topic = topicNames(topicPrefix).name(TOPICS.personChanges)
  const ranges = await findOffsetRanges(kafka, [topic], { since: since.getTime() - CLOCK_TOLERANCE_MS })
  const decode = openDecoder(createRegistry(schemaRegistryUrl), 'person-change')

  async function* readPartition(
    range: (typeof ranges)[number],
    onLeftOut: (why: LeftOut) => void,
  ): AsyncGenerator<BacktestEvent> {
    for await (const { value, timestamp } of readRanges(kafka, [range])) {
      const change = await decode(value).catch((error: unknown) => {
        if (classifyError(error).fate !== 'permanent') throw error
        return undefined
      })
      // Of what nobody can decode only the broker's time is known.
      const receivedAt = change?.receivedAt ?? timestamp
      if (receivedAt < since.getTime() || receivedAt >= until.getTime()) continue
      const event = change === undefined ? undefined : toEvent(change)
      if (event === undefined) onLeftOut('unreadable')
      else yield event
    }
  }

  return {
    kind: 'topic',
    read: async function* (onLeftOut = () => {}) {
      const isRepeat = createRepeatFilter()
      const partitions = ranges.map((range) => readPartition(range, onLeftOut))
      for await (const event of mergeByTime(partitions, ({ receivedAt }) => receivedAt)) {
        if (isRepeat(event.key)) onLeftOut('repeat')
        else yield event
      }
    },
  }
}

function toEvent({ source, eventId, companyId, receivedAt, timestamp, payload }: PersonChange) {
  const key = eventIdempotencyKey(source, eventId)
  const record = { key, companyId, receivedAt, occurredAt: new Date(timestamp), recorded: null }
  return toBacktestEvent(record, parseJson(payload))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
