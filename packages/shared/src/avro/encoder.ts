import { SchemaType } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import { AppError } from '../errors/app-error.ts'
import type { SchemaLookups } from './guard-registry.ts'
import { isNotFound, registryError } from './registry-errors.ts'
import { type MessageBySchema, readSchema, type SchemaName, subjectOf } from './schemas.ts'
import { WIRE_HEADER_BYTES } from './wire-format.ts'

export type Encode<Message> = (message: Message) => Buffer

/** Longer messages are rare and encoded twice. */
const SCRATCH_BYTES = 16 * 1024

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
  // Every message is encoded behind this header, then copied to where exactly its bytes are.
  const scratch = Buffer.alloc(SCRATCH_BYTES)
  scratch.writeUInt32BE(id, 1)
  return (message) => {
    try {
      const end = type.encode(message, scratch, WIRE_HEADER_BYTES)
      if (end >= 0) return Buffer.from(scratch.subarray(0, end))
      // What it lacks is told as a negative number.
      const whole = Buffer.allocUnsafe(SCRATCH_BYTES - end)
      scratch.copy(whole, 0, 0, WIRE_HEADER_BYTES)
      type.encode(message, whole, WIRE_HEADER_BYTES)
      return whole
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
