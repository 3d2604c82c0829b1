import { hash } from 'node:crypto'
import { findPayloadProblem } from '@buyer-group/shared/messages/find-payload-problem.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { z } from 'zod'
import { type Issue, toIssues } from '../rules/to-issues.ts'
import { TIMESTAMP_TOLERANCE_MS } from '../schemes/scheme.ts'
import type { Adapted, AdaptedEvent, Delivery } from './adapter.ts'

/** The most items of one delivery: about what 256 KiB hold of the smallest, and five times the largest batch documented. */
const MAX_ITEMS = 5_000

/** The items of a delivery before any is looked at. */
export const itemList = z.array(z.unknown()).max(MAX_ITEMS)

/** What an item says, in the fields of a native event; its source and the item itself are added. */
export type ItemEvent = Pick<ReportedEvent, 'id' | 'type' | 'timestamp' | 'person' | 'company' | 'changes'>

/** What may name an item that has no id of its own. */
export interface ItemIdentity {
  /** Lower-case hex SHA-256 of the item's JSON. */
  readonly sha256: string
  /** When the delivery was received, in milliseconds since the epoch. */
  readonly receivedAt: number
}

export interface Items<Item> {
  /** As they came. */
  readonly items: readonly unknown[]
  /** Where the item of that index stands in the delivery. */
  pathOf(index: number): readonly (string | number)[]
  readonly schema: z.ZodType<Item>
  /** What of an item, as it came and fits the schema, is the same when it is sent again, where that is not all of it. */
  lasting?(original: unknown): unknown
  /** None where the item concerns nobody. */
  toEvents(item: Item, identity: ItemIdentity): readonly ItemEvent[]
}

/**
 * Items of a delivery as native events, each with its item under `original`: all, or the issues of all. What is the same
 * twice in one delivery is one event. Never throws.
 */
export function adaptItems<Item>(delivery: Delivery, list: Items<Item>): Adapted {
  // Before anything is turned into text, which deep nesting would overflow the stack with.
  const problem = findPayloadProblem(delivery.value)
  if (problem !== undefined) return { ok: false, issues: [{ path: [], code: 'custom', message: problem }] }

  const events = new Map<string, AdaptedEvent>()
  const issues: Issue[] = []
  for (const [index, original] of list.items.entries()) {
    const path = list.pathOf(index)
    const parsed = list.schema.safeParse(original)
    if (!parsed.success) {
      issues.push(...toIssues(parsed.error).map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
      continue
    }
    const lasting = list.lasting === undefined ? original : list.lasting(original)
    const sha256 = hash('sha256', JSON.stringify(lasting))
    for (const item of list.toEvents(parsed.data, { sha256, receivedAt: delivery.receivedAt })) {
      const { id, ...rest } = item
      const event = { id, source: delivery.source, ...rest, original }
      const key = JSON.stringify([id, sha256])
      if (!events.has(key)) events.set(key, { event, payload: JSON.stringify(event), bodySha256: sha256, path })
    }
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, events: [...events.values()] }
}

/** The issues of a delivery that is not even a list of items, or whatever its format begins with. */
export const refuse = (error: z.ZodError): Adapted => ({ ok: false, issues: toIssues(error) })

/**
 * The id of an item that has neither an id nor a time: its content, within five minutes of the clock. That is how long a
 * captured request may be sent again (guarantees.md, I6); the same content later is another change. A repeat that comes on
 * the other side of a slot's end is taken for new, which is harmless.
 */
function contentId({ sha256, receivedAt }: ItemIdentity): string {
  return `${Math.floor(receivedAt / TIMESTAMP_TOLERANCE_MS)}-${sha256}`
}

/** What is known of somebody of whom an item says only that something changed: neither what nor when nor where. */
export function thinEvent(personId: string, type: string, identity: ItemIdentity): ItemEvent {
  return {
    id: contentId(identity),
    type,
    timestamp: toTimestamp(identity.receivedAt),
    person: { id: personId },
    company: null,
    changes: {},
  }
}

/** Milliseconds since the epoch as an event's timestamp. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString()
