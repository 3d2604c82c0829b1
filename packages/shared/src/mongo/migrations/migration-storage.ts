import type { Collection, Db } from 'mongodb'
import type { UmzugStorage } from 'umzug'

interface MigrationDoc {
  /** The migration's name. */
  _id: string
  appliedAt: Date
}

/**
 * Where umzug records which migrations ran: one document each in `schema_migrations`.
 * Its own MongoDBStorage inserts a second record when a migration is run again, and no time.
 */
export function createMigrationStorage(db: Db): UmzugStorage {
  const migrations: Collection<MigrationDoc> = db.collection('schema_migrations')
  return {
    async logMigration({ name }) {
      await migrations.updateOne({ _id: name }, { $currentDate: { appliedAt: true } }, { upsert: true })
    },
    async unlogMigration({ name }) {
      await migrations.deleteOne({ _id: name })
    },
    async executed() {
      const docs = await migrations.find().sort({ _id: 1 }).toArray()
      return docs.map((doc) => doc._id)
    },
  }
}
