import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'

/** The company that is asked about. */
export interface SourcedCompany {
  readonly companyId: string
  readonly companyName: string | null
}

export interface FindPeopleOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Equal for every attempt of one refresh, so that a provider can tell a repeat from a second, paid question. */
  readonly idempotencyKey: string
}

/** Where the people of a company come from. */
export interface PeopleSource {
  readonly name: string
  /**
   * Everybody the source knows at a company, ordered by source id, each source id once. Empty where it does not know
   * the company. Plain JSON, so that it can be stored as a step's output.
   * @throws AppError with the fate `unavailable` where the source is away for everybody, `retryable` where it fails for
   * this company alone; the signal's reason where the call was ended.
   */
  findPeople(company: SourcedCompany, options: FindPeopleOptions): Promise<readonly SourcedPerson[]>
}
