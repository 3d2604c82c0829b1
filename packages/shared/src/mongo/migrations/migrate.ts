import type { Db } from 'mongodb'
import { Umzug } from 'umzug'
import type { Logger } from '../../logging/create-logger.ts'
import { collectionsMigration } from './0001-collections/migration.ts'
import { deadLetterReplaysMigration } from './0002-dead-letter-replays/migration.ts'
import { agedGroupsMigration } from './0003-aged-groups.ts'
import { pipelineStepResultsMigration } from './0004-pipeline-step-results/migration.ts'
import { thinEventsMigration } from './0005-thin-events.ts'
import { withLease } from './lease.ts'
import type { Migration, MigrationContext } from './migration.ts'
import { createMigrationStorage } from './migration-storage.ts'

/** Every migration, in order. */
export const MIGRATIONS: readonly Migration[] = [
  collectionsMigration,
  deadLetterReplaysMigration,
  agedGroupsMigration,
  pipelineStepResultsMigration,
  thinEventsMigration,
]

export interface MigrateOptions {
  /** For tests: other migrations than the project's. */
  readonly migrations?: readonly Migration[]
  /** How long a killed migration may hold up the next one, in milliseconds. */
  readonly leaseTtlMs?: number
  /** How often a waiting process asks again, in milliseconds. */
  readonly pollMs?: number
}

/**
 * Brings the database's collections, indexes and validators to the version of this code, and returns the names of the
 * migrations that it ran. Any number of processes may call it at once: one works, the others wait and find nothing left.
 * @throws MigrationError naming the migration that failed, with its cause; AppError `lease_lost` (retryable).
 */
export async function migrate(db: Db, logger: Logger, options: MigrateOptions = {}): Promise<readonly string[]> {
  const { migrations = MIGRATIONS, leaseTtlMs, pollMs } = options
  const lease = {
    name: 'migrations',
    logger,
    ...(leaseTtlMs === undefined ? {} : { ttlMs: leaseTtlMs }),
    ...(pollMs === undefined ? {} : { pollMs }),
  }
  return withLease(db, lease, async ({ renew }) => {
    const umzug = new Umzug<MigrationContext>({
      migrations: migrations.map((migration) => ({
        name: migration.name,
        up: async ({ context }) => {
          await renew()
          await migration.up(context)
          await renew()
        },
      })),
      context: { db },
      storage: createMigrationStorage(db),
      logger: undefined,
    })
    umzug.on('migrated', ({ name }) => logger.info({ migration: name }, 'migrated'))
    const applied = await umzug.up()
    return applied.map(({ name }) => name)
  })
}
