import { createRegistry } from '../avro/create-registry.ts'
import { registerSchema } from '../avro/register-schema.ts'
import { readSchema, SCHEMA_OF_TOPIC, type SchemaName } from '../avro/schemas.ts'
import { ALL_TOPICS, topicNames } from '../messages/topic-names.ts'

/**
 * Registers the schema of every topic's values under FULL_TRANSITIVE compatibility and returns the ids by topic
 * (prefix included). Nothing changes where a schema is registered already. `schemaOf` gives a schema's text.
 * @throws AppError `incompatible_schema` (permanent) or `registry_unavailable` (unavailable).
 */
export async function registerSchemas(
  registryUrl: string,
  topicPrefix: string,
  schemaOf: (name: SchemaName) => string = readSchema,
): Promise<Readonly<Record<string, number>>> {
  const registry = createRegistry(registryUrl)
  const names = topicNames(topicPrefix)
  const ids: Record<string, number> = {}
  // One after the other: some registries refuse two first versions that share a nested type at the same moment.
  for (const topic of ALL_TOPICS) {
    ids[names.name(topic)] = await registerSchema(registry, names.name(topic), schemaOf(SCHEMA_OF_TOPIC[topic]))
  }
  return ids
}
