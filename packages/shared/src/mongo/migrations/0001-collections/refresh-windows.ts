import type { CollectionSpec } from '../ensure-collection.ts'
import { date, filledText, listOf, number, object, oneOf, orNull, text, textOrNull } from '../json-schema-types.ts'

const atMost100 = { maxItems: 100 }

const pending = object({
  since: date,
  count: number,
  changeTypes: listOf(text),
  triggeredBy: listOf(text, atMost100),
})

/** A whole RefreshCommand, as it waits to be produced. */
const outbox = object({
  commandId: filledText,
  companyId: filledText,
  companyName: textOrNull,
  workspaceId: filledText,
  reason: oneOf('webhook', 'manual', 'scheduled'),
  priority: oneOf('high', 'normal', 'low'),
  changeTypes: listOf(text),
  triggeredBy: listOf(text, atMost100),
  triggeredByCount: number,
  sequence: number,
  requestedAt: date,
})

/**
 * The two partial indexes hold only the few windows with something to do. The planner takes them for a query that
 * asks for `pending.since` or `outbox.requestedAt` to exist, or compares it; a bare `$expr` does not count.
 */
export const refreshWindows: CollectionSpec = {
  name: 'refresh_windows',
  jsonSchema: object({
    companyId: filledText,
    companyName: textOrNull,
    sequence: number,
    opensAt: date,
    closesAt: date,
    pending: orNull(pending),
    outbox: orNull(outbox),
    claimToken: text,
  }),
  indexes: [
    { key: { companyId: 1 }, unique: true },
    { key: { closesAt: 1 }, partialFilterExpression: { 'pending.since': { $exists: true } } },
    { key: { 'outbox.requestedAt': 1 }, partialFilterExpression: { 'outbox.requestedAt': { $exists: true } } },
  ],
}
