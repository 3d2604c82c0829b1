import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
