import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { RefresherStores } from './stores/stores.ts'

/** What the steps of a refresh need from outside. */
export interface RefreshContext {
  readonly stores: RefresherStores
  readonly logger: Logger
  readonly now: () => Date
  /** How old a group may be to be published again as it is, in milliseconds. */
  readonly cacheMaxAgeMs: number
}
