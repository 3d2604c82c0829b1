import type { CollectionSpec } from '../ensure-collection.ts'
import { date, failure, filledText, listOf, number, object, oneOf, text } from '../json-schema-types.ts'

const step = object(
  { name: text, status: oneOf('completed', 'failed'), startedAt: date, duration: number },
  { error: failure },
)

export const pipelineOperations: CollectionSpec = {
  name: 'pipeline_operations',
  jsonSchema: object(
    {
      idempotencyKey: filledText,
      pipelineName: filledText,
      pipelineVersion: text,
      // Any value: the engine knows nothing of its workflows' inputs.
      input: {},
      status: oneOf('running', 'completed', 'failed', 'superseded'),
      steps: listOf(step),
      createdAt: date,
    },
    { completedAt: date, duration: number, error: failure, expiresAt: date },
  ),
  indexes: [
    { key: { idempotencyKey: 1 }, unique: true },
    { key: { pipelineName: 1, status: 1 } },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
}
