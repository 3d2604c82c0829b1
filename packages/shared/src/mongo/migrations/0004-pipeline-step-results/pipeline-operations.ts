import type { CollectionSpec } from '../ensure-collection.ts'
import { date, failure, filledText, listOf, number, object, oneOf, text } from '../json-schema-types.ts'

const step = object(
  {
    name: text,
    status: oneOf('completed', 'failed', 'memoised', 'skipped', 'cancelled'),
    startedAt: date,
    duration: number,
  },
  { attempts: number, error: failure },
)

/** As before, with what the engine tells of more kinds of steps, and with the endings that workflows name themselves. */
export const pipelineOperations: CollectionSpec = {
  name: 'pipeline_operations',
  jsonSchema: object(
    {
      idempotencyKey: filledText,
      pipelineName: filledText,
      pipelineVersion: text,
      // Any value: the engine knows nothing of its workflows' inputs.
      input: {},
      status: filledText,
      steps: listOf(step),
      createdAt: date,
    },
    {
      inputText: text,
      outputText: text,
      stepsOmitted: number,
      completedAt: date,
      duration: number,
      error: failure,
      expiresAt: date,
    },
  ),
  indexes: [],
}
