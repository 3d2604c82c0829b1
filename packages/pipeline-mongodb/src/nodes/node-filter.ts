import type { HeldClaim, NodeId } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'

/** What names a node's document: the fields of the unique index. */
export type NodeKey = Pick<PipelineStepResultDoc, 'run' | 'version' | 'node' | 'idempotencyKey'>

/**
 * Field by field, so that nothing else of what a worker calls a node gets into a query. What must not be executed twice is
 * known without its version (no version is called by the empty text): so the index itself forbids it, and a restart need
 * not hand it on.
 */
export function toFilter({ run, version, retryable, node, idempotencyKey }: NodeId): NodeKey {
  return { run, version: retryable ? version : '', node, idempotencyKey }
}

/** The node's document if this worker was the last to claim it, over time or not. */
export function toHeldFilter(claim: HeldClaim): NodeKey & { readonly token: string } {
  return { ...toFilter(claim), token: claim.token }
}
