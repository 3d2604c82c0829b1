import type { CollectionSpec } from '../ensure-collection.ts'
import {
  date,
  dateOrNull,
  filledText,
  listOf,
  number,
  numberOrNull,
  object,
  oneOf,
  text,
  textOrNull,
} from '../json-schema-types.ts'

const member = object({
  personId: text,
  name: text,
  email: textOrNull,
  title: text,
  seniority: text,
  department: text,
  role: text,
  score: number,
})

export const buyerGroups: CollectionSpec = {
  name: 'buyer_groups',
  jsonSchema: object(
    {
      companyId: filledText,
      companyName: textOrNull,
      workspaceId: filledText,
      sequence: number,
      previousSequence: numberOrNull,
      refreshId: filledText,
      commandId: filledText,
      reason: oneOf('webhook', 'manual', 'scheduled'),
      members: listOf(member),
      added: listOf(member),
      removed: listOf(member),
      changed: listOf(object({ personId: text, before: member, after: member })),
      foldedIds: listOf(text),
      refreshedAt: date,
      publishedAt: dateOrNull,
    },
    { composedAt: date },
  ),
  indexes: [{ key: { companyId: 1 }, unique: true }],
}
