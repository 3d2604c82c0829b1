import type { PipelineOperationDoc, PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, MongoClient } from 'mongodb'
import { fenceOf, fenceUpdate } from '../nodes/version-fence.ts'
import { OPEN } from './operation-doc.ts'
import { REOPENED } from './operation-updates.ts'

interface RestartCollections {
  readonly client: MongoClient
  readonly operations: Collection<PipelineOperationDoc>
  readonly results: Collection<PipelineStepResultDoc>
  readonly resultsKeptMs: number
}

/**
 * Moves an open run to another version, deletes what its nodes returned, and fences off workers of the old version, in one
 * transaction: a process that dies in between must neither lose what the old version paid for nor leave it to a later
 * return to that version.
 */
export async function restartRun(
  { client, operations, results, resultsKeptMs }: RestartCollections,
  { key, from, to }: { readonly key: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const open = { idempotencyKey: key, pipelineVersion: from, status: { $in: [...OPEN] } }
  return client.withSession((session) =>
    session.withTransaction(
      async () => {
        const moved = await operations.updateOne(
          open,
          { $set: { ...REOPENED.$set, pipelineVersion: to }, $unset: REOPENED.$unset },
          { session },
        )
        if (moved.matchedCount === 0) return false
        await results.deleteMany({ run: key, version: { $in: [from, to] } }, { session })
        const fence = fenceOf({ run: key, version: from })
        await results.updateOne(fence, fenceUpdate(resultsKeptMs), { session, upsert: true })
        return true
      },
      { writeConcern: { w: 'majority', journal: true }, readConcern: { level: 'snapshot' }, readPreference: 'primary' },
    ),
  )
}
