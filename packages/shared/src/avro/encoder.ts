import { SchemaType } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import { AppError } from '../errors/app-error.ts'
import type { SchemaLookups } from './guard-registry.ts'
import { isNotFound, registryError } from './registry-errors.ts'
import { type MessageBySchema, readSchema, type SchemaName, subjectOf } from './schemas.ts'
import { WIRE_HEADER_BYTES } from './wire-format.ts'

export type Encode<Message> = (message: Message) => Buffer

/**
 * An encoder for one topic: Confluent wire format (a zero byte, the schema's id as four bytes, Avro binary).
 * Asks the registry once for the id of our schema; it must have been registered (`npm run setup`).
 * @throws AppError `schema_not_registered` (permanent) or `registry_unavailable` (unavailable).
 */
export async function openEncoder<Name extends SchemaName>(
  registry: Pick<SchemaLookups, 'getRegistryIdBySchema'>,
  topic: string,
  name: Name,
): Promise<Encode<MessageBySchema[Name]>> {
  const schema = readSchema(name)
  const type = avro.Type.forSchema(JSON.parse(schema))
  const id = await findId(registry, topic, schema)
  const header = Buffer.alloc(WIRE_HEADER_BYTES)
  header.writeUInt32BE(id, 1)
  return (message) => {
    try {
      return Buffer.concat([header, type.toBuffer(message)])
    } catch (error) {
      throw new AppError(`a message for ${topic} does not fit its schema`, {
        code: 'unencodable_message',
        fate: 'permanent',
        cause: error,
      })
    }
  }
}

async function findId(
  registry: Pick<SchemaLookups, 'getRegistryIdBySchema'>,
  topic: string,
  schema: string,
): Promise<number> {
  try {
    return await registry.getRegistryIdBySchema(subjectOf(topic), { type: SchemaType.AVRO, schema })
  } catch (error) {
    if (isNotFound(error)) {
      throw new AppError(`the schema of ${topic} is not registered: run "npm run setup" first`, {
        code: 'schema_not_registered',
        fate: 'permanent',
        cause: error,
      })
    }
    throw registryError(error, `looking up the schema of ${topic}`)
  }
}
