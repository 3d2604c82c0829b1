import type { Clock } from '@buyer-group/pipeline/clock.ts'
import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import type { Encode } from '@buyer-group/shared/avro/encoder.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import type { BuyerGroup, RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import type { RefresherMetrics } from './metrics.ts'
import type { RefreshContext } from './refresh-context.ts'

/** Everything the refresher works with, bound in main. */
export interface Refresher extends RefreshContext {
  /** The durable record of each refresh, by its refreshId (`pipeline_operations`). */
  readonly runs: RunStore
  readonly clock: Clock
  /** From 0 to below 1, for the jitter of delays. */
  readonly random: () => number
  readonly publisher: Publisher
  readonly results: { readonly topic: string; readonly encode: Encode<RefreshResult> }
  readonly current: { readonly topic: string; readonly encode: Encode<BuyerGroup> }
  readonly metrics: RefresherMetrics
  /** Resolves after that many milliseconds; rejects as soon as the process drains. */
  readonly pause: (ms: number) => Promise<void>
}

/** The same for one delivery of one command. */
export interface RefreshRun extends Refresher {
  /** Of the message that brought the command. */
  readonly traceparent: string | undefined
}
