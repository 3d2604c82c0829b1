import type { CompiledPolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import type { Encode } from '@buyer-group/shared/avro/encoder.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import type { Priority } from '@buyer-group/shared/messages/topics.ts'
import type { DetectorMetrics } from './metrics.ts'
import type { DetectorStores } from './stores/stores.ts'

/** What the detector's steps work with, bound once in main. */
export interface Detector {
  readonly stores: DetectorStores
  readonly publisher: Publisher
  /** By priority: each of the three command topics with its encoder. */
  readonly commandTopics: Readonly<
    Record<Priority, { readonly topic: string; readonly encode: Encode<RefreshCommand> }>
  >
  /** The significance policy in use; taken once a batch, so that no batch sees two. */
  readonly policy: () => Versioned<CompiledPolicy>
  readonly windowMs: number
  readonly workspaceId: string
  readonly metrics: DetectorMetrics
  readonly logger: Logger
  /** Milliseconds since the epoch. Window times do not come from here but from the database. */
  readonly now: () => number
  /** A random word for one claim. */
  readonly newToken: () => string
}
