import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { type Encode, openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { SCHEMA_OF_TOPIC, type SchemaName } from '@buyer-group/shared/avro/schemas.ts'
import type { PersonChange, RefreshCommand, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS, type TopicName } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '../events/native-event.ts'
import type { Deployment } from '../processes/deployment.ts'

/** A message that can never be processed, and the code that its dead letter must carry. */
export interface Poison {
  readonly what: string
  readonly code: string
  readonly key: string | null
  readonly value: Buffer | null
}

/** A schema id that no registry of a test gets to. */
const UNKNOWN_SCHEMA = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3])

/** Milliseconds; a Date ends at 8.64e15. */
const BEYOND_ALL_TIMES = 8.7e15

/** Confluent's header is five bytes; what is cut right behind it is no record of ours. */
const HEADER_BYTES = 5

/** Every kind of poison for one of the consumed topics; whatever has ids has those of `name`, which should be unique. */
export async function makePoison(deployment: Deployment, topic: TopicName, name: string): Promise<readonly Poison[]> {
  const registry = createRegistry(deployment.schemaRegistryUrl)
  const topics = topicNames(deployment.topicPrefix)
  const encode = await openEncoder(registry, topics.name(topic), SCHEMA_OF_TOPIC[topic] as SchemaName)
  const encodeGroup = await openEncoder(registry, topics.name(TOPICS.current), 'buyer-group')
  const foreign = encodeGroup({
    companyId: name,
    companyName: null,
    workspaceId: 'default',
    sequence: 1,
    previousSequence: null,
    refreshId: name,
    members: [],
    refreshedAt: 0,
  })
  const valid = (encode as Encode<unknown>)(validMessage(topic, name))
  return [
    { what: 'garbage', code: 'undecodable_message', key: name, value: Buffer.from('no Avro at all') },
    { what: 'nothing', code: 'undecodable_message', key: name, value: Buffer.alloc(0) },
    { what: 'a null value', code: 'undecodable_message', key: name, value: null },
    { what: 'an unknown schema', code: 'unknown_schema', key: name, value: UNKNOWN_SCHEMA },
    { what: "another topic's schema", code: 'undecodable_message', key: name, value: foreign },
    { what: 'half a record', code: 'undecodable_message', key: name, value: valid.subarray(0, HEADER_BYTES + 2) },
    ...impossibleMessages(topic, name).map(({ what, code, value, key }) => ({
      what,
      code,
      key: key === undefined ? name : key,
      value: (encode as Encode<unknown>)(value),
    })),
  ]
}

interface Impossible {
  readonly what: string
  readonly code: string
  readonly value: unknown
  /** The company of the message unless told. */
  readonly key?: string | null
}

/** Avro takes them, nobody can have meant them. */
function impossibleMessages(topic: TopicName, name: string): readonly Impossible[] {
  switch (topic) {
    case TOPICS.personChanges: {
      const code = 'invalid_message'
      const value = (field: string, more: Partial<PersonChange>) => change(`${name}-${field}`, name, more)
      return [
        { what: 'a time beyond all times', code, value: value('time', { receivedAt: BEYOND_ALL_TIMES }) },
        { what: 'a payload that is no JSON', code, value: value('json', { payload: '{' }) },
        { what: 'a payload that is no event', code, value: value('event', { payload: '{"id":1}' }) },
        { what: 'an id that is not the payload’s', code, value: { ...value('id', {}), eventId: 'another' } },
        { what: 'a hash that is none', code, value: value('hash', { bodySha256: 'none' }) },
        { what: 'the key of another company', code, value: value('key', {}), key: 'another-company' },
        { what: 'no key', code, value: value('nokey', {}), key: null },
      ]
    }
    case TOPICS.refreshRequests: {
      const code = 'invalid_message'
      return [
        { what: 'no id', code, value: { ...request(name), requestId: '' } },
        { what: 'a time beyond all times', code, value: { ...request(name), requestedAt: BEYOND_ALL_TIMES } },
        { what: 'the key of another company', code, value: request(`${name}-key`), key: 'another-company' },
      ]
    }
    default: {
      const code = 'invalid_command'
      const value = (field: string, more: Partial<RefreshCommand>) => ({ ...command(`${name}-${field}`), ...more })
      const own = (field: string, more: Partial<RefreshCommand>) => ({
        code,
        value: value(field, more),
        key: `${name}-${field}`,
      })
      return [
        { what: 'a sequence that is none', ...own('zero', { sequence: 0 }) },
        { what: 'a sequence of the far future', ...own('future', { sequence: Date.UTC(2201, 0) }) },
        { what: 'a priority that is none', ...own('priority', { priority: 'urgent' as RefreshCommand['priority'] }) },
        { what: 'a time beyond all times', ...own('time', { requestedAt: BEYOND_ALL_TIMES }) },
        { what: 'the key of another company', code, value: value('key', {}), key: 'another-company' },
      ]
    }
  }
}

function validMessage(topic: TopicName, name: string): unknown {
  if (topic === TOPICS.personChanges) return change(name, name)
  return topic === TOPICS.refreshRequests ? request(name) : command(name)
}

function change(eventId: string, companyId: string, more: Partial<PersonChange> = {}): PersonChange {
  const event = nativeEvent({ id: eventId, company: { id: companyId, name: 'Poison' } })
  return {
    eventId,
    source: event.source,
    type: event.type,
    timestamp: Date.parse(event.timestamp),
    receivedAt: Date.now(),
    companyId,
    companyName: 'Poison',
    personId: event.person.id,
    bodySha256: '0'.repeat(64),
    payload: JSON.stringify(event),
    ...more,
  }
}

function request(name: string): RefreshRequest {
  return { requestId: name, companyId: name, companyName: null, requestedBy: 'tests', requestedAt: Date.now() }
}

function command(name: string): RefreshCommand {
  return {
    commandId: name,
    companyId: name,
    companyName: null,
    workspaceId: 'default',
    reason: 'webhook',
    priority: 'normal',
    changeTypes: [],
    triggeredBy: [],
    triggeredByCount: 0,
    sequence: Date.now(),
    requestedAt: Date.now(),
  }
}
