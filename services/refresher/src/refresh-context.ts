import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { GatheredReads } from './gathering/gathered-reads.ts'
import type { GatheredWrites } from './gathering/gathered-writes.ts'

/** What the steps of a refresh need from outside. */
export interface RefreshContext {
  readonly collections: Collections
  readonly reads: GatheredReads
  readonly writes: GatheredWrites
  readonly logger: Logger
  readonly now: () => Date
  /** How old a group may be to be published again as it is, in milliseconds. */
  readonly cacheMaxAgeMs: number
}
