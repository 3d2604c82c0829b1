import type { ClaimOutcome, NodeClaim } from '@buyer-group/pipeline/store/run-store.ts'
import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import { bulkWrite } from '@buyer-group/shared/mongo/gathering/bulk-write.ts'
import { type Collection, MongoServerError } from 'mongodb'
import { claimUpdate, REMAINING_MS } from './claim-update.ts'
import { type NodeKey, toFilter } from './node-filter.ts'
import { fenceOf } from './version-fence.ts'

/** Nodes in one round trip; few enough that one query reads them. */
const MAX_CLAIMS = 100

/** What a claim needs to know of a document that was there before. */
const PROJECTION = {
  ...{ _id: 0, run: 1, version: 1, node: 1, idempotencyKey: 1 },
  ...{ token: 1, interrupted: 1, output: 1, remainingMs: REMAINING_MS },
}
type ClaimedDoc = NodeKey & Pick<PipelineStepResultDoc, 'token' | 'interrupted' | 'output'> & { remainingMs: number }

/**
 * Claims nodes, those that are asked for at a time together. New ones cost one round trip: the database says which it
 * inserted. Others cost one more that reads them.
 *
 * The same round trip looks for the fences that restarts leave, after it has written the claims, so that a worker whose
 * claim took effect after the restart is always told. That a fence is there shows in the count of matches: all claims that
 * are not new match.
 *
 * Of workers that insert a node's document at once all but one meet the unique index; for those the server itself does the
 * upsert again, on what the winner wrote, since filter and index have the same fields.
 */
export function gatherClaims(
  results: Collection<PipelineStepResultDoc>,
  keptMs: number,
): (claim: NodeClaim) => Promise<ClaimOutcome> {
  const claimTogether = gather<NodeClaim, ClaimOutcome | Error>({
    maxBatch: MAX_CLAIMS,
    maxInFlight: 2,
    run: async (claims) => {
      const upserts = claims.map((claim) => ({
        updateOne: { filter: toFilter(claim), update: claimUpdate(claim, keptMs), upsert: true },
      }))
      const fences = [...new Map(claims.map(fenceOf).map((fence) => [keyOf(fence), fence])).values()]
      const looks = fences.map((filter) => ({ updateOne: { filter, update: { $set: { token: null } } } }))
      const { result, refused } = await bulkWrite(results, [...upserts, ...looks])
      const failed = new Map(refused.map((error) => [error.index, new MongoServerError(error.toJSON())]))
      const isNew = (index: number) => result.upsertedIds[index] !== undefined
      const old = claims.filter((_, index) => !isNew(index) && !failed.has(index))
      const isFenced = result.matchedCount > old.length
      const known = await findNodes(results, [...old.map(toFilter), ...(isFenced ? fences : [])])
      return claims.map((claim, index) => {
        if (known.has(keyOf(fenceOf(claim)))) return { kind: 'moved' }
        if (isNew(index)) return { kind: 'claimed', interrupted: false }
        return failed.get(index) ?? toOutcome(known.get(keyOf(toFilter(claim))), claim.token)
      })
    },
  })
  return async (claim) => {
    const outcome = await claimTogether(claim)
    if (outcome instanceof Error) throw outcome
    return outcome
  }
}

async function findNodes(
  results: Collection<PipelineStepResultDoc>,
  nodes: readonly NodeKey[],
): Promise<ReadonlyMap<string, ClaimedDoc>> {
  if (nodes.length === 0) return new Map()
  const docs = await results
    .find({ $or: [...nodes] })
    .project<ClaimedDoc>(PROJECTION)
    .toArray()
  return new Map(docs.map((doc) => [keyOf(doc), doc]))
}

const keyOf = ({ run, version, node, idempotencyKey }: NodeKey): string =>
  JSON.stringify([run, version, node, idempotencyKey])

function toOutcome(doc: ClaimedDoc | undefined, token: string): ClaimOutcome {
  // Deleted by a restart since it was written: whoever asks again is told so.
  if (doc === undefined) return { kind: 'held', forMs: 1 }
  if (doc.output !== undefined) return { kind: 'finished', output: doc.output }
  if (doc.token === token) return { kind: 'claimed', interrupted: doc.interrupted }
  return { kind: 'held', forMs: Math.max(1, doc.remainingMs) }
}
