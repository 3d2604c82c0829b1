import type { CollectionSpec } from '../ensure-collection.ts'
import { bool, date, filledText, object, text, textOrNull } from '../json-schema-types.ts'

export const pipelineStepResults: CollectionSpec = {
  name: 'pipeline_step_results',
  jsonSchema: object(
    {
      run: filledText,
      version: text,
      node: filledText,
      idempotencyKey: text,
      token: textOrNull,
      heldUntil: date,
      interrupted: bool,
      startedAt: date,
      expiresAt: date,
    },
    { output: text, completedAt: date },
  ),
  indexes: [
    // One claim a node is what this index makes sure of; it also finds all nodes of a run.
    { key: { run: 1, version: 1, node: 1, idempotencyKey: 1 }, unique: true },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
}
