import type { Db } from 'mongodb'

const DOCUMENTS = 20_000
/** Documents in one bulk write. */
const CHUNK = 1_000
const FILLER = 'x'.repeat(100)

/**
 * How many small documents a second the database upserts in bulk writes of a thousand, over those of the time before: what
 * this machine does at this moment, to hold against figures of others.
 */
export async function measurePlainUpserts(db: Db, round: number): Promise<number> {
  const collection = db.collection('plain_upserts')
  await collection.createIndex({ key: 1 }, { unique: true })
  const start = performance.now()
  for (let from = 0; from < DOCUMENTS; from += CHUNK) {
    const operations = Array.from({ length: CHUNK }, (_, index) => ({
      updateOne: { filter: { key: `key ${from + index}` }, update: { $set: { round, FILLER } }, upsert: true },
    }))
    await collection.bulkWrite(operations, { ordered: false, writeConcern: { w: 'majority' } })
  }
  return (DOCUMENTS * 1_000) / (performance.now() - start)
}
