import type { EventToPublish } from './publish-event.ts'

/** What this process knows of events: which it found durably in Kafka lately, and which are on their way there. */
export interface KnownEvents {
  /** What an event is by what is known; undefined where nothing is. */
  judge(event: EventToPublish): 'repeated' | 'conflict' | undefined
  /** The attempt that an event of this key is part of; resolves, and never rejects, once that has its outcome. */
  onTheWay(idempotencyKey: string): Promise<unknown> | undefined
  /** Notes that these are on their way until `attempt` has its outcome. */
  hold(events: readonly EventToPublish[], attempt: Promise<unknown>): void
  /** They have their outcome. */
  release(events: readonly EventToPublish[]): void
  /** Notes that an event with this body is durably in Kafka. */
  remember(idempotencyKey: string, bodySha256: string): void
}

/**
 * Remembers the latest `recent` events for certain and at most twice as many: in two maps, the older of which is thrown
 * away once the newer is full. Cheaper than to keep count of what was used last, which nobody needs here.
 */
export function createKnownEvents(recent: number): KnownEvents {
  let newer = new Map<string, string>()
  let older = new Map<string, string>()
  const inFlight = new Map<string, Promise<unknown>>()
  return {
    judge: (event) => {
      const known = newer.get(event.idempotencyKey) ?? older.get(event.idempotencyKey)
      return known === undefined ? undefined : compareBody(known, event)
    },
    onTheWay: (idempotencyKey) => inFlight.get(idempotencyKey),
    hold: (events, attempt) => {
      for (const { idempotencyKey } of events) inFlight.set(idempotencyKey, attempt)
    },
    release: (events) => {
      for (const { idempotencyKey } of events) inFlight.delete(idempotencyKey)
    },
    remember: (idempotencyKey, bodySha256) => {
      newer.set(idempotencyKey, bodySha256)
      if (newer.size < recent) return
      older = newer
      newer = new Map()
    },
  }
}

/** An event whose id is known with this body. */
export function compareBody(knownSha256: string, event: EventToPublish): 'repeated' | 'conflict' {
  return knownSha256 === event.bodySha256 ? 'repeated' : 'conflict'
}
