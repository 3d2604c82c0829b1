import type { FoldedPositions } from '@buyer-group/rules/folding/fold-changes.ts'
import type { PersonSighting, PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import type { PositionWrite } from '@buyer-group/rules/folding/plan-positions.ts'
import type { WaitingChange } from '@buyer-group/rules/folding/waiting-change.ts'
import type { Difference } from '@buyer-group/rules/membership/compare-members.ts'
import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import type { Member, RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { ShownPerson } from './stores/stores.ts'

/** What the nodes of `buyer-group-discovery` hand to each other. */

/** The command that is run, checked. */
export interface Company {
  readonly command: RefreshCommand
  readonly refreshId: string
}

/** What waits for the company. */
export interface Waiting {
  /** Oldest first. */
  readonly changes: readonly WaitingChange[]
  /** Idempotency keys of everything this refresh takes out of the waiting list, the unreadable included. */
  readonly foldedIds: readonly string[]
}

/** What the cache check came to. */
export interface Checked {
  /** The stored group is young enough and nothing waits. */
  readonly isFresh: boolean
  /** A people source besides the local directory is asked. */
  readonly asksSource: boolean
}

/** What the local directory holds of the company and of everybody who was seen. */
export interface Directory {
  readonly sightings: readonly PersonSighting[]
  /** Everybody stored whom a sighting's source id or address belongs to. */
  readonly claimedPeople: readonly PersonDoc[]
  /** Who each sighting's source id is, or will be. */
  readonly personIds: ReadonlyMap<string, string>
  /** The people of the active positions and of the sightings, as they will be, by personId. */
  readonly people: ReadonlyMap<string, ShownPerson>
  /** The company's active positions and those of the people seen. */
  readonly positions: readonly PositionDoc[]
}

/** The directory, and the positions as they stand after what is new. */
export interface Folded {
  readonly directory: Directory
  readonly folded: FoldedPositions
}

export interface Ranked {
  /** One for each active position, in no order. */
  readonly members: readonly Member[]
  /** What they were ranked by, and the group is composed by: one profile for both, though it may be replaced between. */
  readonly profile: Versioned<BuyerGroupProfile>
}

/** A group on its way to being stored, whether composed anew or taken over from the stored one. */
export interface Draft {
  readonly members: readonly Member[]
  readonly composedAt: Date
  /** Of the profile that the members were composed by; undefined where a group older than profiles is taken over. */
  readonly profileVersion: string | undefined
  /** What must be written to the directory first; null where nothing is. */
  readonly writes: DirectoryWrites | null
}

export interface DirectoryWrites {
  readonly sightings: readonly PersonSighting[]
  readonly claimedPeople: readonly PersonDoc[]
  readonly personIds: ReadonlyMap<string, string>
  readonly positions: readonly PositionWrite[]
  /** The changes behind `positions`, for when these have moved on. */
  readonly positionChanges: readonly PositionChange[]
}

export interface Compared extends Draft {
  readonly difference: Difference
}
