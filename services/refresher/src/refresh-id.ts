import { generateIdempotencyKey } from '@buyer-group/pipeline/generate-idempotency-key.ts'

export const PIPELINE_NAME = 'buyer-group-discovery'
export const PIPELINE_VERSION = '1'

/** The key of a command's operation and the id of its refresh: one and the same for every delivery. */
export function refreshIdOf(commandId: string): string {
  return generateIdempotencyKey({ pipelineName: PIPELINE_NAME, commandId })
}
