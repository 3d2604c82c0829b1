import { webhookEvents } from './0001-collections/webhook-events.ts'
import { ensureCollection } from './ensure-collection.ts'
import { text } from './json-schema-types.ts'
import type { Migration } from './migration.ts'

/**
 * An event that names no company may be recorded with an empty one, and where its person stands is looked up by person.
 * Only active positions are asked for, so that people who left cost the index nothing.
 */
export const thinEventsMigration: Migration = {
  name: '0005-thin-events',
  async up({ db }) {
    const { jsonSchema } = webhookEvents
    const properties = { ...jsonSchema.properties, companyId: text }
    await ensureCollection(db, { ...webhookEvents, jsonSchema: { ...jsonSchema, properties } })
    await db.collection('positions').createIndex({ personId: 1 }, { partialFilterExpression: { active: true } })
  },
}
