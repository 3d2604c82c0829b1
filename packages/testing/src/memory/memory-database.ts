import type {
  BuyerGroupDoc,
  PersonDoc,
  PositionDoc,
  RefreshLogDoc,
  RefreshWindowDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'

/**
 * The collections of the contract in memory, each by its unique key. Documents are values: whoever changes one puts
 * another in its place, so that what was read stays as it was read. Writes are durable at once (w:majority).
 */
export interface MemoryDatabase {
  /** By idempotency key. */
  readonly events: Map<string, WebhookEventDoc>
  /** By company id. */
  readonly windows: Map<string, RefreshWindowDoc>
  /** By command id. */
  readonly logs: Map<string, RefreshLogDoc>
  /** By person id; the store keeps source ids and addresses unique as well. */
  readonly people: Map<string, PersonDoc>
  /** By `placeKey`. */
  readonly positions: Map<string, PositionDoc>
  /** By company id. */
  readonly groups: Map<string, BuyerGroupDoc>
  /** The database's clock (`$$NOW`). */
  readonly now: () => Date
  /**
   * Awaited between the documents of one bulk write and the round trips of one call: there the real database lets others
   * through, and a writer that dies leaves the rest undone.
   */
  readonly between: () => Promise<void>
}

/** An empty database by this clock. */
export function createMemoryDatabase(
  now: () => Date,
  between: () => Promise<void> = () => Promise.resolve(),
): MemoryDatabase {
  return {
    events: new Map(),
    windows: new Map(),
    logs: new Map(),
    people: new Map(),
    positions: new Map(),
    groups: new Map(),
    now,
    between,
  }
}

/** The unique key of a position. */
export function placeKey({ companyId, personId }: Pick<PositionDoc, 'companyId' | 'personId'>): string {
  return JSON.stringify([companyId, personId])
}
