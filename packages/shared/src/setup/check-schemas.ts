import { readSchema, SCHEMA_OF_TOPIC, type SchemaName, subjectOf } from '../avro/schemas.ts'
import { AppError } from '../errors/app-error.ts'
import { ALL_TOPICS, topicNames } from '../messages/topic-names.ts'
import { findSchemaProblems } from './rules/find-schema-problems.ts'

export interface SchemaCheck {
  readonly topic: string
  /** `new`: the registry knows no version yet, so there is nothing to be compatible with. */
  readonly state: 'compatible' | 'incompatible' | 'new'
  /** Breaches of our own rules for messages. */
  readonly problems: readonly string[]
}

const TIMEOUT_MS = 10_000

/**
 * Asks the registry whether each of our schemas could be registered, and changes nothing.
 * `schemaOf` gives a schema's text.
 * @throws AppError `registry_unavailable` (unavailable).
 */
export async function checkSchemas(
  registryUrl: string,
  topicPrefix: string,
  schemaOf: (name: SchemaName) => string = readSchema,
): Promise<readonly SchemaCheck[]> {
  const names = topicNames(topicPrefix)
  return Promise.all(
    ALL_TOPICS.map(async (contractTopic) => {
      const topic = names.name(contractTopic)
      const schema = schemaOf(SCHEMA_OF_TOPIC[contractTopic])
      return {
        topic,
        state: await askRegistry(registryUrl, subjectOf(topic), schema),
        problems: findSchemaProblems(JSON.parse(schema)),
      }
    }),
  )
}

/** https://docs.confluent.io/platform/current/schema-registry/develop/api.html#compatibility: against all versions. */
async function askRegistry(registryUrl: string, subject: string, schema: string): Promise<SchemaCheck['state']> {
  const url = `${registryUrl.replace(/\/$/, '')}/compatibility/subjects/${encodeURIComponent(subject)}/versions`
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw unavailable(registryUrl, 'it does not answer', cause)
  })
  if (response.status === 404) return 'new'
  if (!response.ok) throw unavailable(registryUrl, `it answered ${response.status} for ${subject}`)
  const answer = (await response.json()) as { is_compatible?: unknown }
  return answer.is_compatible === true ? 'compatible' : 'incompatible'
}

function unavailable(registryUrl: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    `the schema registry at ${new URL(registryUrl).host} (SCHEMA_REGISTRY_URL) cannot be asked: ${reason}`,
    { code: 'registry_unavailable', fate: 'unavailable', cause },
  )
}
