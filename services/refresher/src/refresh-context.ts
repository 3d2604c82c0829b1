import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { PeopleSource } from './people-sources/people-source.ts'
import type { RefresherStores } from './stores/stores.ts'

/** What the steps of a refresh need from outside. */
export interface RefreshContext {
  readonly stores: RefresherStores
  readonly logger: Logger
  readonly now: () => Date
  /** How old a group may be to be published again as it is, in milliseconds. */
  readonly cacheMaxAgeMs: number
  /** The buyer-group profile in use; may be another one at the next call. */
  readonly profile: () => Versioned<BuyerGroupProfile>
  /** Asked for a company's people beside the local directory; null where that is the only source. */
  readonly peopleSource: PeopleSource | null
}
