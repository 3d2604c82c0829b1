import { generateIdempotencyKey } from '@buyer-group/pipeline/generate-idempotency-key.ts'

export const WORKFLOW_NAME = 'buyer-group-discovery'

/** The key of a command's run and the id of its refresh: one and the same for every delivery. */
export function refreshIdOf(commandId: string): string {
  return generateIdempotencyKey({ pipelineName: WORKFLOW_NAME, commandId })
}
