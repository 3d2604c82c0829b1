import type { CollectionSpec } from '../ensure-collection.ts'
import { bool, date, failure, filledText, listOf, number, object, oneOf, text } from '../json-schema-types.ts'

const decision = object({
  outcome: oneOf('refresh', 'coalesced', 'insignificant'),
  commandIds: listOf(text),
})

const coverage = object({
  companyId: text,
  commandId: text,
  refreshId: text,
  sequence: number,
  at: date,
})

export const webhookEvents: CollectionSpec = {
  name: 'webhook_events',
  jsonSchema: object(
    {
      idempotencyKey: filledText,
      source: filledText,
      eventType: text,
      payload: { bsonType: 'object' },
      bodySha256: text,
      companyId: filledText,
      occurredAt: date,
      receivedAt: date,
      processed: bool,
      waitingFor: listOf(text),
    },
    { processedAt: date, decision, coveredBy: listOf(coverage), error: failure, expiresAt: date },
  ),
  indexes: [
    { key: { idempotencyKey: 1 }, unique: true },
    { key: { source: 1, eventType: 1 } },
    { key: { processed: 1, receivedAt: 1 } },
    { key: { waitingFor: 1, occurredAt: 1 } },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
}
