import { COMPATIBILITY, type SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { AppError } from '../errors/app-error.ts'
import { registryError, statusOf } from './registry-errors.ts'
import { subjectOf } from './schemas.ts'

/**
 * Registers a schema under a topic's subject with FULL_TRANSITIVE compatibility and returns its id.
 * Idempotent; the same text again gives the same id.
 * @throws AppError `incompatible_schema` (permanent) when the registry refuses it, `registry_unavailable` otherwise.
 */
export async function registerSchema(registry: SchemaRegistry, topic: string, schema: string): Promise<number> {
  try {
    const options = { subject: subjectOf(topic), compatibility: COMPATIBILITY.FULL_TRANSITIVE }
    const { id } = await registry.register({ type: SchemaType.AVRO, schema }, options)
    return id
  } catch (error) {
    if (statusOf(error) === 409) {
      throw new AppError(`the schema of ${topic} is not compatible with its earlier versions (FULL_TRANSITIVE)`, {
        code: 'incompatible_schema',
        fate: 'permanent',
        cause: error,
      })
    }
    throw registryError(error, `registering the schema of ${topic}`)
  }
}
