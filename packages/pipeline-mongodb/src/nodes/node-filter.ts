import type { HeldClaim, NodeId } from '@buyer-group/pipeline/store/run-store.ts'

/** Field by field, so that nothing else of what a worker calls a node gets into a query. */
export function toFilter({ run, version, node, idempotencyKey }: NodeId): NodeId {
  return { run, version, node, idempotencyKey }
}

/** The node's document if this worker was the last to claim it, over time or not. */
export function toHeldFilter(claim: HeldClaim): NodeId & { readonly token: string } {
  return { ...toFilter(claim), token: claim.token }
}
