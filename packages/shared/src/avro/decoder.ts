import avro from 'avsc'
import { AppError } from '../errors/app-error.ts'
import type { SchemaLookups } from './guard-registry.ts'
import { isUnknownSchema, registryError } from './registry-errors.ts'
import { type MessageBySchema, readSchema, type SchemaName } from './schemas.ts'
import { WIRE_HEADER_BYTES } from './wire-format.ts'

/**
 * A decoder that reads whatever version the writer used into our version of the schema.
 * Writer schemas are fetched once each. The returned function
 * @throws AppError `undecodable_message` or `unknown_schema` (permanent), `registry_unavailable` (unavailable).
 */
export function openDecoder<Name extends SchemaName>(
  registry: Pick<SchemaLookups, 'getSchema'>,
  name: Name,
): (bytes: Buffer | null) => Promise<MessageBySchema[Name]> {
  const reader = avro.Type.forSchema(JSON.parse(readSchema(name)))
  const resolvers = new Map<number, ReturnType<avro.Type['createResolver']> | null>()

  const resolverFor = async (id: number) => {
    const known = resolvers.get(id)
    if (known !== undefined) return known
    const resolver = resolve(id, await writerSchema(registry, id))
    resolvers.set(id, resolver)
    return resolver
  }

  const resolve = (id: number, schema: string) => {
    try {
      const writer = avro.Type.forSchema(JSON.parse(schema))
      return writer.equals(reader) ? null : reader.createResolver(writer)
    } catch (error) {
      throw undecodable(`the schema ${id} that the value names is another message's`, error)
    }
  }

  return async (bytes) => {
    if (bytes === null || bytes.length < WIRE_HEADER_BYTES || bytes[0] !== 0) {
      throw undecodable('the value is not in Confluent wire format')
    }
    const id = bytes.readUInt32BE(1)
    const cached = resolvers.get(id)
    const resolver = cached === undefined ? await resolverFor(id) : cached
    try {
      return reader.fromBuffer(bytes.subarray(WIRE_HEADER_BYTES), resolver ?? undefined)
    } catch (error) {
      throw undecodable(`the value does not follow the schema ${id} that it names`, error)
    }
  }
}

/**
 * An id that the registry does not have is permanent although a replica may be behind its leader for a moment: a writer
 * uses an id only after `npm run setup` has registered it, a dead letter can be replayed, and three retries would have
 * every garbage value wait a quarter of an hour (RETRY_DELAYS) for the same end.
 */
async function writerSchema(registry: Pick<SchemaLookups, 'getSchema'>, id: number): Promise<string> {
  try {
    return JSON.stringify(await registry.getSchema(id))
  } catch (error) {
    if (isUnknownSchema(error)) {
      throw new AppError(`the value names schema ${id}, which the registry does not have`, {
        code: 'unknown_schema',
        fate: 'permanent',
        cause: error,
      })
    }
    throw registryError(error, `fetching schema ${id}`)
  }
}

function undecodable(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'undecodable_message', fate: 'permanent', cause })
}
