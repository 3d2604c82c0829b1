import type { CollectionSpec } from '../ensure-collection.ts'
import { changeStamp, date, filledText, listOf, object, text } from '../json-schema-types.ts'

export const people: CollectionSpec = {
  name: 'people',
  jsonSchema: object(
    {
      personId: filledText,
      // Never empty: a unique index over an array takes two empty ones for equal.
      sourceIds: listOf(filledText, { minItems: 1 }),
      name: text,
      changedAt: date,
      changedBy: text,
    },
    { email: filledText, emailConflict: filledText, emailChanged: changeStamp },
  ),
  indexes: [
    { key: { personId: 1 }, unique: true },
    { key: { sourceIds: 1 }, unique: true },
    { key: { email: 1 }, unique: true, partialFilterExpression: { email: { $type: 'string' } } },
  ],
}
