import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openDecoder } from '@buyer-group/shared/avro/decoder.ts'
import { SCHEMA_OF_TOPIC } from '@buyer-group/shared/avro/schemas.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { TopicName } from '@buyer-group/shared/messages/topics.ts'
import type { ReadValue, ValueRead } from './rules/value-read.ts'

type Decode = (bytes: Buffer | null) => Promise<unknown>

/**
 * Reads values by the schemas of the topics they come from, for someone who looks at them. The reader never rejects;
 * once the registry did not answer it is not asked again, and values are `unchecked`.
 * @param prefix the deployment's `TOPIC_PREFIX`
 */
export function openValueReader(schemaRegistryUrl: string, prefix: string): ReadValue {
  const registry = createRegistry(schemaRegistryUrl)
  const decoders = new Map<string, Decode>()
  let away: ValueRead | undefined

  const decoderOf = (topic: string): Decode | undefined => {
    const name = topic.startsWith(prefix) ? topic.slice(prefix.length) : topic
    const schema = SCHEMA_OF_TOPIC[name as TopicName]
    if (schema === undefined) return undefined
    const known = decoders.get(schema) ?? openDecoder(registry, schema)
    decoders.set(schema, known)
    return known
  }

  return async (topic, bytes) => {
    if (bytes === null) return { kind: 'empty' }
    const decode = decoderOf(topic)
    if (decode === undefined) return { kind: 'unreadable', reason: `no schema is known for topic ${topic}` }
    if (away !== undefined) return away
    try {
      return { kind: 'decoded', value: await decode(bytes) }
    } catch (error) {
      const { fate, message } = classifyError(error)
      if (fate !== 'unavailable') return { kind: 'unreadable', reason: message }
      away = { kind: 'unchecked', reason: message }
      return away
    }
  }
}
