import type { Db, Document, IndexDescription } from 'mongodb'

/** A collection as a migration wants it. */
export interface CollectionSpec {
  readonly name: string
  /** What every document must look like; unknown fields are allowed. */
  readonly jsonSchema: Document
  readonly indexes: readonly IndexDescription[]
}

/** MongoDB's NamespaceExists. */
const NAMESPACE_EXISTS = 48

/**
 * Creates the collection, or sets its validator where it exists, and creates the indexes that are missing.
 * Safe to run again. Documents already there are checked when they are next written.
 * @throws MongoServerError where an index of the same name or keys exists with other options, or a unique one cannot be
 * built over what is stored.
 */
export async function ensureCollection(db: Db, spec: CollectionSpec): Promise<void> {
  const validation = {
    validator: { $jsonSchema: spec.jsonSchema },
    validationLevel: 'strict',
    validationAction: 'error',
  } as const
  try {
    await db.createCollection(spec.name, validation)
  } catch (error) {
    if ((error as { code?: unknown }).code !== NAMESPACE_EXISTS) throw error
    await db.command({ collMod: spec.name, ...validation })
  }
  if (spec.indexes.length > 0) await db.collection(spec.name).createIndexes([...spec.indexes])
}
