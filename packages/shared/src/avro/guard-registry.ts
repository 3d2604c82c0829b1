import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import type { Guard } from '../resilience/guard.ts'
import { isNotFound, registryError } from './registry-errors.ts'

/** What encoders and decoders ask of the registry. */
export type SchemaLookups = Pick<SchemaRegistry, 'getSchema' | 'getRegistryIdBySchema'>

/**
 * The registry's lookups under guard. They answer from the client's cache most of the time; what it has to ask for fails
 * as `registry_unavailable`, unless the registry says that it has no such schema.
 */
export function guardRegistry(registry: SchemaLookups, guard: Guard): SchemaLookups {
  const classified = async <Result>(doing: string, call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call()
    } catch (error) {
      throw isNotFound(error) ? error : registryError(error, doing)
    }
  }
  return guard.port<SchemaLookups>({
    getSchema: (id) => classified(`fetching schema ${id}`, () => registry.getSchema(id)),
    getRegistryIdBySchema: (subject, schema) =>
      classified(`looking up ${subject}`, () => registry.getRegistryIdBySchema(subject, schema)),
  })
}
