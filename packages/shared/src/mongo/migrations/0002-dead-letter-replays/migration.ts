import { type CollectionSpec, ensureCollection } from '../ensure-collection.ts'
import {
  bool,
  date,
  dateOrNull,
  filledText,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  text,
} from '../json-schema-types.ts'
import type { Migration } from '../migration.ts'

const range = object({ topic: filledText, partition: number, from: number, to: number, next: number })
const counts = listOf(object({ name: text, count: number }))
/** No condition must be set. */
const filter = {
  bsonType: 'object',
  properties: { companies: listOf(text), reasons: listOf(text), since: date, until: date },
}

const plan = object({
  replayable: number,
  refused: counts,
  byTopic: counts,
  byReason: counts,
  topCompanies: counts,
  companies: number,
  firstAt: dateOrNull,
  lastAt: dateOrNull,
})

const deadLetterReplays: CollectionSpec = {
  name: 'dead_letter_replays',
  jsonSchema: object(
    {
      replayId: filledText,
      status: oneOf('planned', 'running', 'interrupted', 'completed', 'cancelled'),
      filter,
      again: bool,
      ranges: listOf(range),
      missingTopics: listOf(text),
      plan,
      replayed: number,
      skipped: number,
      expired: number,
      lease: orNull(object({ holder: filledText, expiresAt: date })),
      createdAt: date,
      expiresAt: date,
    },
    { startedAt: date, endedAt: date },
  ),
  indexes: [
    { key: { replayId: 1 }, unique: true },
    { key: { createdAt: 1 } },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
}

/** The plans and the progress of dead-letter replays, which also tell what was replayed already. */
export const deadLetterReplaysMigration: Migration = {
  name: '0002-dead-letter-replays',
  up: ({ db }) => ensureCollection(db, deadLetterReplays),
}
