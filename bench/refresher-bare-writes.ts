import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, Document, Filter } from 'mongodb'
import { timeOf } from './refresher-seed.ts'

/** Documents in one bulk write. */
const CHUNK = 1_000

/** What the refreshes of one wave left in the database: each document once, as it is in the end. */
export type WaveDocuments = readonly {
  readonly collection: keyof Collections
  readonly key: readonly string[]
  readonly documents: readonly Document[]
}[]

/** Reads them; nobody else writes meanwhile. `since` is when the wave began. */
export async function readWave(collections: Collections, wave: number, since: Date): Promise<WaveDocuments> {
  const changedAt = { changedAt: timeOf(wave) }
  return [
    await read(collections, 'buyerGroups', ['companyId'], {}),
    await read(collections, 'people', ['personId'], changedAt),
    await read(collections, 'positions', ['companyId', 'personId'], changedAt),
    await read(collections, 'webhookEvents', ['idempotencyKey'], { occurredAt: timeOf(wave) }),
    await read(collections, 'refreshLogs', ['commandId'], { startedAt: { $gte: since } }),
    await read(collections, 'pipelineOperations', ['idempotencyKey'], { createdAt: { $gte: since } }),
  ]
}

async function read(from: Collections, collection: keyof Collections, key: readonly string[], filter: Document) {
  const found = (from[collection] as unknown as Collection<Document>).find(filter, { projection: { _id: 0 } })
  return { collection, key, documents: await found.toArray() }
}

/**
 * Writes the documents over those of the wave before: unordered bulk upserts of a thousand by each collection's unique key,
 * the collections side by side, under the same indexes, validators and write concern. Reads nothing, decides nothing.
 * @returns seconds.
 */
export async function writeBare(collections: Collections, wave: WaveDocuments): Promise<number> {
  const start = performance.now()
  await Promise.all(
    wave.map(async ({ collection, key, documents }) => {
      const target = collections[collection] as unknown as Collection<Document>
      for (let from = 0; from < documents.length; from += CHUNK) {
        const operations = documents.slice(from, from + CHUNK).map((replacement) => ({
          replaceOne: { filter: keyOf(replacement, key), replacement, upsert: true },
        }))
        await target.bulkWrite(operations, { ordered: false, writeConcern: { w: 'majority' } })
      }
    }),
  )
  return (performance.now() - start) / 1_000
}

const keyOf = (document: Document, key: readonly string[]): Filter<Document> =>
  Object.fromEntries(key.map((field) => [field, document[field]]))
