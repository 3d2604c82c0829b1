/** What one event or one directory row says about a person. */
export interface PersonSighting {
  /** `source:id`. */
  readonly sourceId: string
  /** Null where the event does not name them, which leaves the one that is known. */
  readonly name: string | null
  /** As the source wrote it; null where it names none, which leaves the one that is known. */
  readonly email: string | null
  readonly changedAt: Date
  /** The idempotency key of the event, or the name of the import. */
  readonly changedBy: string
}

/** What one event or one directory row says about a person's place at a company. */
export interface PositionChange {
  readonly companyId: string
  readonly personId: string
  /** Null leaves it as it is known. */
  readonly active: boolean | null
  /** Null leaves the one that is known. */
  readonly title: string | null
  /** As the source wrote it; null leaves the one that is known. */
  readonly department: string | null
  readonly changedAt: Date
  /** The idempotency key of the event, or the name of the import. */
  readonly changedBy: string
}
