import type { PipelineOperationDoc, PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, MongoClient } from 'mongodb'
import { OPEN } from './operation-doc.ts'

interface RestartCollections {
  readonly client: MongoClient
  readonly operations: Collection<PipelineOperationDoc>
  readonly results: Collection<PipelineStepResultDoc>
}

/**
 * Moves an open run to another version and deletes what its nodes returned, in one transaction: a process that dies in
 * between must neither lose what the old version paid for nor leave it to a later return to that version.
 */
export async function restartRun(
  { client, operations, results }: RestartCollections,
  { key, from, to }: { readonly key: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const open = { idempotencyKey: key, pipelineVersion: from, status: { $in: [...OPEN] } }
  return client.withSession((session) =>
    session.withTransaction(
      async () => {
        const moved = await operations.updateOne(open, { $set: { pipelineVersion: to } }, { session })
        if (moved.matchedCount === 0) return false
        await results.deleteMany({ run: key }, { session })
        return true
      },
      { writeConcern: { w: 'majority', journal: true }, readConcern: { level: 'snapshot' }, readPreference: 'primary' },
    ),
  )
}
