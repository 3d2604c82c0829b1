import type { CollectionSpec } from '../ensure-collection.ts'
import { date, failure, filledText, listOf, number, object, oneOf, text } from '../json-schema-types.ts'

export const refreshLogs: CollectionSpec = {
  name: 'buyer_group_refresh_logs',
  jsonSchema: object(
    {
      commandId: filledText,
      companyId: filledText,
      workspaceId: filledText,
      reason: oneOf('webhook', 'manual', 'scheduled'),
      triggeredBy: listOf(text),
      status: oneOf('pending', 'processing', 'completed', 'failed', 'superseded'),
      sequence: number,
      startedAt: date,
    },
    {
      completedAt: date,
      changes: object({ added: number, removed: number, changed: number }),
      supersededBy: number,
      error: failure,
      expiresAt: date,
    },
  ),
  indexes: [
    { key: { commandId: 1 }, unique: true },
    { key: { companyId: 1, startedAt: 1 } },
    { key: { workspaceId: 1, status: 1 } },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
}
