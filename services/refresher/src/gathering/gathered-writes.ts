import type {
  BuyerGroupDoc,
  Collections,
  PipelineOperationDoc,
  PositionDoc,
  RefreshLogDoc,
  WebhookEventDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import { DUPLICATE_KEY } from '@buyer-group/shared/mongo/refused-operations.ts'
import { type AnyBulkWriteOperation, type Collection, type Document, MongoServerError } from 'mongodb'
import { type BulkOutcome, bulkWrite } from '../directory/bulk-write.ts'
import { savePeople } from '../directory/save-people.ts'
import { type PeopleToSave, savePeopleTogether } from '../directory/save-people-together.ts'
import { gather } from './gather.ts'

/**
 * Of one operation: it took effect; or it was an insert or upsert whose document is there already; or it was an update
 * that may have matched nothing. MongoDB counts matches by the round trip, so that one without a match makes all updates
 * of its round trip `unsure`.
 */
export type WriteOutcome = 'written' | 'present' | 'unsure'

/** Hands one operation in; resolves once it is durable. */
export type GatheredWrite<Doc extends Document> = (operation: AnyBulkWriteOperation<Doc>) => Promise<WriteOutcome>

/** The writes that refreshes running side by side share their round trips for. */
export interface GatheredWrites {
  readonly operation: GatheredWrite<PipelineOperationDoc>
  readonly log: GatheredWrite<RefreshLogDoc>
  readonly event: GatheredWrite<WebhookEventDoc>
  readonly position: GatheredWrite<PositionDoc>
  readonly group: GatheredWrite<BuyerGroupDoc>
  /** Resolves to the personId of every source id named, and of others. */
  readonly people: (people: PeopleToSave) => Promise<ReadonlyMap<string, string>>
}

export function createGatheredWrites(collections: Collections): GatheredWrites {
  return {
    operation: gatherWrites(collections.pipelineOperations),
    log: gatherWrites(collections.refreshLogs),
    event: gatherWrites(collections.webhookEvents),
    position: gatherWrites(collections.positions),
    group: gatherWrites(collections.buyerGroups),
    // One at a time: a person may have changed at several companies, whose writers would race otherwise.
    people: gather({
      maxBatch: 64,
      maxInFlight: 1,
      run: (asked) => savePeopleTogether(asked, (sightings, known) => savePeople(collections.people, sightings, known)),
    }),
  }
}

/** Gathers operations into unordered bulk writes. One that is refused fails its own asker. */
function gatherWrites<Doc extends Document>(collection: Collection<Doc>): GatheredWrite<Doc> {
  const write = gather<AnyBulkWriteOperation<Doc>, WriteOutcome | Error>({
    maxBatch: 1_000,
    maxInFlight: 1,
    run: async (operations) => readOutcomes(operations, await bulkWrite(collection, operations)),
  })
  return async (operation) => {
    const outcome = await write(operation)
    if (outcome instanceof Error) throw outcome
    return outcome
  }
}

function readOutcomes<Doc extends Document>(
  operations: readonly AnyBulkWriteOperation<Doc>[],
  { result, refused }: BulkOutcome,
): (WriteOutcome | Error)[] {
  const { insertedCount, matchedCount, upsertedCount } = result
  const allMatched = insertedCount + matchedCount + upsertedCount + refused.length >= operations.length
  const outcomes = operations.map((operation): WriteOutcome | Error =>
    allMatched || 'insertOne' in operation ? 'written' : 'unsure',
  )
  for (const error of refused) {
    outcomes[error.index] = error.code === DUPLICATE_KEY ? 'present' : new MongoServerError(error.toJSON())
  }
  return outcomes
}
