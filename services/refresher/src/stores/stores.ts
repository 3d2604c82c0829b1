import type { PersonClaim } from '@buyer-group/rules/folding/merge-sightings.ts'
import type { PersonSighting, PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import type { PositionWrite } from '@buyer-group/rules/folding/plan-positions.ts'
import type { RefreshCommand, RefreshError } from '@buyer-group/shared/messages/messages.ts'
import type {
  BuyerGroupDoc,
  PersonDoc,
  PositionDoc,
  RefreshLogDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'

/**
 * What the refresher asks of its database. Every write is durable (w:majority) when its promise resolves and may be
 * repeated. What is returned is shared between refreshes: read only.
 * All throw what the driver throws; the consumer runner waits while the database is away.
 *
 * Where a write answers `false`, it is not certain to have taken effect: refreshes share round trips, and the database
 * counts what matched by the round trip. Whoever needs to know looks again.
 */
export interface RefresherStores {
  readonly groups: GroupStore
  readonly events: WaitingEventStore
  readonly people: PeopleStore
  readonly positions: PositionStore
  readonly logs: LogStore
  readonly windows: WindowStore
}

/** Which stored group a writer has read: nobody else may have replaced it since. */
export type ReadGroup = Pick<BuyerGroupDoc, 'companyId' | 'sequence' | 'refreshId'>

export interface GroupStore {
  find(companyId: string): Promise<BuyerGroupDoc | null>
  /** Stores a company's first group; false where there is one. */
  insert(group: BuyerGroupDoc): Promise<boolean>
  /** Replaces the group where it is the one that was read and that one is published; else leaves it and says false. */
  replacePublished(read: ReadGroup, group: BuyerGroupDoc): Promise<boolean>
  /** Marks this very refresh published; true where its group is certain to be stored still and was not marked. */
  markPublished(group: Pick<BuyerGroupDoc, 'companyId' | 'refreshId'>, at: Date): Promise<boolean>
}

/** Most changes that one refresh folds; the rest waits for a trailing one. */
export const MAX_FOLDED = 1_000

export type WaitingDoc = Pick<
  WebhookEventDoc,
  'idempotencyKey' | 'companyId' | 'payload' | 'occurredAt' | 'receivedAt' | 'waitingFor'
>

/** What waits for a company, in short. */
export interface WaitingSummary {
  readonly count: number
  readonly changeTypes: readonly string[]
  /** Person ids (`source:id`) of the oldest changes, at most MAX_NAMED. */
  readonly triggeredBy: readonly string[]
}

/** How many person ids a window names (system.md, "Topics": at most 100). */
export const MAX_NAMED = 100

export type Covering = Pick<BuyerGroupDoc, 'companyId' | 'commandId' | 'refreshId' | 'sequence' | 'foldedIds'>

export interface WaitingEventStore {
  /** The company's waiting changes, oldest first, at most MAX_FOLDED; those of one instant in no order. */
  waiting(companyId: string): Promise<readonly WaitingDoc[]>
  summariseWaiting(companyId: string): Promise<WaitingSummary>
  /**
   * Takes the company out of `waitingFor` of exactly the folded events and notes what covered them. One that waits for
   * nobody and is decided may expire from then on; the detector looks in the opposite order, so that one of the two
   * always sets the time.
   */
  release(group: Covering, at: Date): Promise<void>
  /** Notes on events why they were left out. */
  noteError(keys: readonly string[], error: RefreshError): Promise<void>
}

/** What one refresh saw of people, and everybody stored whom a source id or address of these belongs to. */
export interface PeopleToSave {
  readonly sightings: readonly PersonSighting[]
  readonly known: readonly PersonDoc[]
}

/** What is shown of a person. */
export type ShownPerson = Pick<PersonDoc, 'personId' | 'sourceIds' | 'name' | 'email'>

export interface PeopleStore {
  /** Everybody whom a claimed source id or address belongs to. */
  findClaimed(claims: readonly PersonClaim[]): Promise<readonly PersonDoc[]>
  /** These people, by personId, and maybe others; those who are not there are left out. */
  find(personIds: readonly string[]): Promise<ReadonlyMap<string, ShownPerson>>
  /**
   * Finds or creates the people seen and writes what is newer than what is stored.
   * Returns the personId of every source id named, and maybe others.
   */
  save(people: PeopleToSave): Promise<ReadonlyMap<string, string>>
}

/** Some people's places at one company. */
export interface PositionsAsked {
  readonly companyId: string
  readonly personIds: readonly string[]
}

export interface PositionStore {
  /** The company's active positions, in no order. */
  findActive(companyId: string): Promise<readonly PositionDoc[]>
  /** The positions of these people at the company, active or not, in no order; maybe others of the company. */
  findOf(asked: PositionsAsked): Promise<readonly PositionDoc[]>
  /** Writes each as it was computed where it is still as it was read. False where one may not be. */
  write(writes: readonly PositionWrite[]): Promise<boolean>
  /** Writes what each change says, field by field, where it is newer than what is stored by then. */
  merge(changes: readonly PositionChange[]): Promise<void>
}

/** How a refresh ended. */
export type LogEnding =
  | { readonly status: 'completed'; readonly changes: NonNullable<RefreshLogDoc['changes']> }
  | { readonly status: 'superseded'; readonly by: number }
  | { readonly status: 'failed'; readonly error: RefreshError }

/** The log of each refresh, by command. What is completed or superseded stays; a failed one may begin anew. */
export interface LogStore {
  begin(command: RefreshCommand, now: Date): Promise<void>
  end(commandId: string, ending: LogEnding, now: Date): Promise<void>
}

export interface WindowStore {
  /** Marks these changes pending in the company's window, with what is pending there; false where it has no window. */
  markPending(companyId: string, waiting: WaitingSummary): Promise<boolean>
}
