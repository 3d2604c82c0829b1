import { generateIdempotencyKey } from '@buyer-group/pipeline/generate-idempotency-key.ts'

export const WORKFLOW_NAME = 'buyer-group-discovery'
/** With a new one, `buyerGroupDiscovery` lists the one before among those whose runs it restarts. */
export const WORKFLOW_VERSION = '2'

/** The key of a command's run and the id of its refresh: one and the same for every delivery. */
export function refreshIdOf(commandId: string): string {
  return generateIdempotencyKey({ pipelineName: WORKFLOW_NAME, commandId })
}
