import type { AnyBulkWriteOperation, Document, Filter, MatchKeysAndValues } from 'mongodb'

/**
 * An insert that travels with updates in one round trip, which a bulk write would send apart. Refused as a duplicate
 * where the unique key `key` is taken: no document is without an `_id`, so that the upsert never finds one.
 */
export function insertUnlessThere<Doc extends Document>(key: Partial<Doc>, document: Doc): AnyBulkWriteOperation<Doc> {
  const filter = { ...key, _id: { $exists: false } } as Filter<Doc>
  return { updateOne: { filter, update: { $setOnInsert: document as MatchKeysAndValues<Doc> }, upsert: true } }
}
