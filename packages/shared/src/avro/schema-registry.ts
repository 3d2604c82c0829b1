import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import type { BuyerGroup, PersonChange, RefreshCommand, RefreshRequest, RefreshResult } from '../messages/messages.ts'
import { TOPICS, type TopicName } from '../messages/topics.ts'

/** The schema files under `schemas/`, each with the message it describes. */
export interface MessageBySchema {
  'person-change': PersonChange
  'refresh-request': RefreshRequest
  'refresh-command': RefreshCommand
  'refresh-result': RefreshResult
  'buyer-group': BuyerGroup
}

export type SchemaName = keyof MessageBySchema

/** Which schema the values of each topic follow. */
export const SCHEMA_OF_TOPIC = {
  [TOPICS.personChanges]: 'person-change',
  [TOPICS.refreshRequests]: 'refresh-request',
  [TOPICS.refreshCommandsHigh]: 'refresh-command',
  [TOPICS.refreshCommandsNormal]: 'refresh-command',
  [TOPICS.refreshCommandsLow]: 'refresh-command',
  [TOPICS.refreshResults]: 'refresh-result',
  [TOPICS.current]: 'buyer-group',
} as const satisfies Readonly<Record<TopicName, SchemaName>>

const SCHEMAS_DIR = join(import.meta.dirname, '../../../../schemas')

/** The text of one of our schemas. */
export function readSchema(name: SchemaName): string {
  return readFileSync(join(SCHEMAS_DIR, `${name}.avsc`), 'utf8')
}

/** TopicNameStrategy: the subject of a topic's values. */
export function subjectOf(topic: string): string {
  return `${topic}-value`
}

/** A client of the registry at `url` (its Confluent API). Asks nothing until it is used. */
export function createRegistry(url: string): SchemaRegistry {
  return new SchemaRegistry({ host: url, clientId: 'buyer-group', retry: { retries: 2, maxRetryTimeInSecs: 2 } })
}

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

export type Encode<Message> = (message: Message) => Buffer

/**
 * An encoder for one topic: Confluent wire format (a zero byte, the schema's id as four bytes, Avro binary).
 * Asks the registry once for the id of our schema; it must have been registered (`npm run setup`).
 * @throws AppError `schema_not_registered` (permanent) or `registry_unavailable` (unavailable).
 */
export async function openEncoder<Name extends SchemaName>(
  registry: SchemaRegistry,
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

/**
 * A decoder that reads whatever version the writer used into our version of the schema.
 * Writer schemas are fetched once each. The returned function
 * @throws AppError `undecodable_message` or `unknown_schema` (permanent), `registry_unavailable` (unavailable).
 */
export function openDecoder<Name extends SchemaName>(
  registry: SchemaRegistry,
  name: Name,
): (bytes: Buffer | null) => Promise<MessageBySchema[Name]> {
  const reader = avro.Type.forSchema(JSON.parse(readSchema(name)))
  const resolvers = new Map<number, ReturnType<avro.Type['createResolver']> | null>()

  const resolverFor = async (id: number) => {
    const known = resolvers.get(id)
    if (known !== undefined) return known
    const writer = avro.Type.forSchema(JSON.parse(await writerSchema(registry, id)))
    const resolver = writer.equals(reader) ? null : reader.createResolver(writer)
    resolvers.set(id, resolver)
    return resolver
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

const WIRE_HEADER_BYTES = 5

async function findId(registry: SchemaRegistry, topic: string, schema: string): Promise<number> {
  try {
    return await registry.getRegistryIdBySchema(subjectOf(topic), { type: SchemaType.AVRO, schema })
  } catch (error) {
    if (statusOf(error) === 404 || isNotFound(error)) {
      throw new AppError(`the schema of ${topic} is not registered: run "npm run setup" first`, {
        code: 'schema_not_registered',
        fate: 'permanent',
        cause: error,
      })
    }
    throw registryError(error, `looking up the schema of ${topic}`)
  }
}

async function writerSchema(registry: SchemaRegistry, id: number): Promise<string> {
  try {
    return JSON.stringify(await registry.getSchema(id))
  } catch (error) {
    if (statusOf(error) === 404) {
      throw new AppError(`the value names schema ${id}, which the registry does not have`, {
        code: 'unknown_schema',
        fate: 'permanent',
        cause: error,
      })
    }
    throw registryError(error, `fetching schema ${id}`)
  }
}

function registryError(error: unknown, doing: string): AppError {
  const { message } = classifyError(error)
  return new AppError(`the schema registry did not answer while ${doing}: ${message}`, {
    code: 'registry_unavailable',
    fate: 'unavailable',
    cause: error,
  })
}

function undecodable(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'undecodable_message', fate: 'permanent', cause })
}

/** The registry's client puts the HTTP status on its errors; one wrapper keeps only the words. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConfluentSchemaRegistryError'
}
