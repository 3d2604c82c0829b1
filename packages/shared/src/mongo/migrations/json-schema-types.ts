import type { Document } from 'mongodb'

/** Short names for the parts of a MongoDB `$jsonSchema`. */

export const text: Document = { bsonType: 'string' }
export const filledText: Document = { bsonType: 'string', minLength: 1 }
export const textOrNull: Document = { bsonType: ['string', 'null'] }
export const date: Document = { bsonType: 'date' }
export const dateOrNull: Document = { bsonType: ['date', 'null'] }
export const bool: Document = { bsonType: 'bool' }
/** However the driver or an update expression wrote it. */
export const number: Document = { bsonType: ['int', 'long', 'double'] }
export const numberOrNull: Document = { bsonType: ['int', 'long', 'double', 'null'] }

export const oneOf = (...values: readonly string[]): Document => ({ bsonType: 'string', enum: values })

export const listOf = (items: Document, limits: { minItems?: number; maxItems?: number } = {}): Document => ({
  bsonType: 'array',
  items,
  ...limits,
})

/** A document with these fields; the optional ones are checked only where they are present. */
export const object = (required: Record<string, Document>, optional: Record<string, Document> = {}): Document => ({
  bsonType: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
})

export const orNull = (schema: Document): Document => ({ ...schema, bsonType: [schema.bsonType, 'null'] })

/** Why something failed: a stable code and words. */
export const failure: Document = object({ code: text, message: text })

/** Which change a field's value comes from. */
export const changeStamp: Document = object({ at: date, by: text })
