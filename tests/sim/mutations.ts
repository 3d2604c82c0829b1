import type { Detector } from '@buyer-group/detector/detector.ts'
import type { DetectorMessage } from '@buyer-group/detector/rules/detector-message.ts'
import type { DetectorStores } from '@buyer-group/detector/stores/stores.ts'
import type { RefresherStores } from '@buyer-group/refresher/stores/stores.ts'
import type { BatchHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'

/** What a run puts in the place of the production code, to see whether the bug is found. */
export interface Mutation {
  readonly batchHandler?: (detector: Detector) => BatchHandler<DetectorMessage>
  readonly detectorStores?: (stores: DetectorStores) => DetectorStores
  readonly refresherStores?: (stores: RefresherStores, database: MemoryDatabase) => RefresherStores
  readonly commitsFirst?: boolean
}
