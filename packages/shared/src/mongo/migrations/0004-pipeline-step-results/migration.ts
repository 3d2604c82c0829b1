import { ensureCollection } from '../ensure-collection.ts'
import type { Migration } from '../migration.ts'
import { pipelineOperations } from './pipeline-operations.ts'
import { pipelineStepResults } from './pipeline-step-results.ts'

/** What the nodes of runs returned, and who executes them. */
export const pipelineStepResultsMigration: Migration = {
  name: '0004-pipeline-step-results',
  async up({ db }) {
    await ensureCollection(db, pipelineOperations)
    await ensureCollection(db, pipelineStepResults)
  },
}
