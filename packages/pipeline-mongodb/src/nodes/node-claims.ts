import type { HeldClaim, NodeId, RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { checkOutputSize } from '../json/limits.ts'
import { afterNow, claimUpdate, REMAINING_MS } from './claim-update.ts'

type ClaimedDoc = Pick<PipelineStepResultDoc, 'token' | 'interrupted' | 'output'> & { readonly remainingMs: number }

/** What a claim needs to know of the document that it may have changed, and nothing of its size but the output. */
const PROJECTION = { _id: 0, token: 1, interrupted: 1, output: 1, remainingMs: REMAINING_MS }

/** The part of the store that is about nodes, each one document of `pipeline_step_results`. */
export function createNodeClaims(
  results: Collection<PipelineStepResultDoc>,
  keptMs: number,
): Pick<RunStore, 'claim' | 'complete' | 'release'> {
  return {
    claim: async (claim) => {
      // Of workers that insert a node's document at once all but one meet the unique index, for whom the server itself
      // does the upsert again, on what the winner wrote: filter and index have the same fields.
      const doc = await results.findOneAndUpdate(toFilter(claim), claimUpdate(claim, keptMs), {
        upsert: true,
        returnDocument: 'after',
        projection: PROJECTION,
      })
      return toOutcome(doc as ClaimedDoc | null, claim.token)
    },

    complete: async (claim, output) => {
      checkOutputSize(output, `node ${claim.node}`)
      const finished = {
        // A repeated call, also by the driver, leaves what is there.
        output: { $ifNull: ['$output', { $literal: output }] },
        completedAt: { $ifNull: ['$completedAt', claim.at] },
        expiresAt: afterNow(keptMs),
      }
      const { matchedCount } = await results.updateOne(toHeldFilter(claim), [{ $set: finished }])
      return matchedCount === 1
    },

    release: async (claim) => {
      await results.updateOne({ ...toHeldFilter(claim), output: { $exists: false } }, { $set: { token: null } })
    },
  }
}

/** Field by field, so that nothing else of what a worker calls a claim gets into a query. */
function toFilter({ run, version, node, idempotencyKey }: NodeId): NodeId {
  return { run, version, node, idempotencyKey }
}

/** The node's document if this worker was the last to claim it, over time or not. */
const toHeldFilter = (claim: HeldClaim) => ({ ...toFilter(claim), token: claim.token })

function toOutcome(doc: ClaimedDoc | null, token: string): Awaited<ReturnType<RunStore['claim']>> {
  if (doc === null) throw new Error('an upsert that returns what it wrote returned nothing')
  if (doc.output !== undefined) return { kind: 'finished', output: doc.output }
  if (doc.token === token) return { kind: 'claimed', interrupted: doc.interrupted }
  return { kind: 'held', forMs: doc.remainingMs }
}
