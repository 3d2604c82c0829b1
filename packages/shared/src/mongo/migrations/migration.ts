import type { Db } from 'mongodb'

/** What a migration is given. */
export interface MigrationContext {
  readonly db: Db
}

/**
 * One step of the database's schema. Its name is recorded once it ran and orders the migrations.
 * `up` must be safe to run again from any point: a process may be killed in the middle. A migration that was
 * released never changes; what it made is changed by the next one.
 */
export interface Migration {
  readonly name: string
  up(context: MigrationContext): Promise<void>
}
