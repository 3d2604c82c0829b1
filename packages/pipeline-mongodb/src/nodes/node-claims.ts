import type { HeldClaim, NodeClaim, NodeId, RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import { DUPLICATE_KEY } from '@buyer-group/shared/mongo/refused-operations.ts'
import type { Collection } from 'mongodb'
import { checkOutputSize } from '../json/limits.ts'
import { afterNow, claimUpdate, REMAINING_MS } from './claim-update.ts'

type ClaimedDoc = Pick<PipelineStepResultDoc, 'token' | 'interrupted' | 'output'> & { readonly remainingMs: number }

/** What a claim needs to know of the document that it may have changed, and nothing of its size but the output. */
const PROJECTION = { _id: 0, token: 1, interrupted: 1, output: 1, remainingMs: REMAINING_MS }

/** Claims of one node can lose the race to insert its document once; again only if the winner's is deleted at once. */
const MAX_RACES = 5

/** The part of the store that is about nodes, each one document of `pipeline_step_results`. */
export function createNodeClaims(
  results: Collection<PipelineStepResultDoc>,
  keptMs: number,
): Pick<RunStore, 'claim' | 'complete' | 'release'> {
  const tryClaim = (claim: NodeClaim) =>
    results.findOneAndUpdate(toFilter(claim), claimUpdate(claim, keptMs), {
      upsert: true,
      returnDocument: 'after',
      projection: PROJECTION,
    }) as Promise<ClaimedDoc | null>

  return {
    claim: async (claim) => {
      for (let race = 1; ; race += 1) {
        try {
          return toOutcome(await tryClaim(claim), claim.token)
        } catch (error) {
          const lostRace = (error as { code?: unknown }).code === DUPLICATE_KEY
          if (!lostRace || race === MAX_RACES) throw error
        }
      }
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
