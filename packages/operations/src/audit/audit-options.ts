import type { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'

/** Where a deployment is: a Kafka client, its database, and what its topics and groups begin with. */
export interface AuditTarget {
  readonly kafka: ReturnType<typeof createKafka>
  readonly collections: Collections
  readonly topicPrefix: string
  readonly schemaRegistryUrl: string
}

export interface AuditOptions extends AuditTarget {
  /** `REFRESH_WINDOW` of the detectors, in milliseconds. */
  readonly windowMs: number
  /** Only events that ingest took from then on, milliseconds since the epoch; by default all that the topic holds. */
  readonly since?: number | undefined
  /** Only events that ingest took before then, milliseconds since the epoch. */
  readonly until?: number | undefined
  /** `SIGNIFICANT_TYPES` of the detectors; the default ones if not given, null to leave them unchecked. */
  readonly significantTypes?: ReadonlySet<string> | null | undefined
  /**
   * How far the clocks of the services may lie apart, in milliseconds (a minute by default; ingest refuses work when its
   * own is off by more than half of that). Only a test that sets a clock wrong on purpose needs more.
   */
  readonly clockToleranceMs?: number | undefined
  /** What is suspicious is looked at a second time after this pause (2,000 ms by default), since a live system moves. */
  readonly secondLookAfterMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}
