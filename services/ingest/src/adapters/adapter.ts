import type { Issue } from '../rules/to-issues.ts'

/** One delivery of a provider, whose signature holds. */
export interface Delivery {
  /** The name of the source, as configured. */
  readonly source: string
  /** The parsed body, and its text and bytes as they came. */
  readonly value: unknown
  readonly text: string
  readonly bytes: Buffer
  /** When it was received, in milliseconds since the epoch. */
  readonly receivedAt: number
  /** The delivery's id where the signature covers it. */
  readonly signedId?: string | undefined
}

/** One item of a delivery as a native event. */
export interface AdaptedEvent {
  /** In the shape of a native event, or of a thin one (`reportedEventSchema`); checked against its schema afterwards. */
  readonly event: unknown
  /** The native event as JSON: what is published, recorded and folded. */
  readonly payload: string
  /** Lower-case hex SHA-256 of what the provider signed of this item: equal for a repeat, whatever travels beside it. */
  readonly bodySha256: string
  /** Where the item stands in the delivery; empty where the delivery is the item. Goes before the paths of its issues. */
  readonly path: readonly (string | number)[]
}

export type Adapted =
  /** In the order of the delivery; none where nothing in it concerns a person's position. */
  | { readonly ok: true; readonly events: readonly AdaptedEvent[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * From one provider's format to native events: pure, and the same events for the same delivery. An id comes from signed
 * bytes alone (an id in the body, or a hash of the item).
 */
export interface Adapter {
  /** As it is called in `sources.json`. */
  readonly name: string
  toEvents(delivery: Delivery): Adapted
  /** What the provider wants to read in the answer to a delivery that was taken, beside what every answer says. */
  acknowledge?(delivery: Delivery): Readonly<Record<string, unknown>>
}
