import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import type { MessageBySchema, SchemaName } from '@buyer-group/shared/avro/schemas.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { type OffsetRange, readRanges } from '@buyer-group/shared/kafka/read-topic.ts'
import type { AuditOptions } from './audit-options.ts'
import type { Place } from './rules/facts.ts'

export interface DecodedMessage<Value> {
  readonly message: IncomingMessage
  readonly place: Place
  readonly value: Value
}

/** Reads ranges of topics of one schema. Messages without a value (tombstones) and unreadable ones go to callbacks. */
export type ReadDecoded = <Name extends SchemaName>(
  ranges: readonly OffsetRange[],
  schema: Name,
  on: { readonly unreadable: (place: Place) => void; readonly tombstone?: (message: IncomingMessage) => void },
) => AsyncGenerator<DecodedMessage<MessageBySchema[Name]>>

/** @returns a reader whose iteration throws when Kafka or the registry is away, or the signal's reason. */
export function createDecodedReader({ kafka, schemaRegistryUrl, signal }: AuditOptions): ReadDecoded {
  const registry = createRegistry(schemaRegistryUrl)
  return async function* read(ranges, schema, on) {
    const decode = openDecoder(registry, schema)
    for await (const message of readRanges(kafka, ranges, signal === undefined ? {} : { signal })) {
      const place = placeOf(message)
      if (message.value === null && on.tombstone !== undefined) {
        on.tombstone(message)
        continue
      }
      const value = await decode(message.value).catch((error: unknown) => {
        if (classifyError(error).fate !== 'permanent') throw error
        on.unreadable(place)
      })
      if (value !== undefined) yield { message, place, value }
    }
  }
}

export const placeOf = ({ topic, partition, offset }: IncomingMessage): Place => ({
  topic,
  partition,
  offset: Number(offset),
})
