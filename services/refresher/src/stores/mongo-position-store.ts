import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { findActivePositions, findPositionsOf } from '../directory/find-positions.ts'
import { savePositions } from '../directory/save-positions.ts'
import { createPositionWriter } from '../directory/write-positions.ts'
import { COMPANIES_TOGETHER } from '../gathering/limits.ts'
import type { PositionStore } from './stores.ts'

/** The positions of the local directory in `positions`. */
export function createMongoPositionStore(collection: Collection<PositionDoc>): PositionStore {
  return {
    findActive: gather({ ...COMPANIES_TOGETHER, run: (companyIds) => findActivePositions(collection, companyIds) }),
    findOf: gather({
      ...COMPANIES_TOGETHER,
      maxBatchWeight: 300,
      weigh: ({ personIds }) => personIds.length,
      run: (asked) => findPositionsOf(collection, asked),
    }),
    write: createPositionWriter(collection),
    merge: (changes) => savePositions(collection, changes),
  }
}
