import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { type Db, ReadConcern } from 'mongodb'
import { createNodeClaims } from './nodes/node-claims.ts'
import { createRuns } from './runs/runs.ts'

const DAY_MS = 24 * 60 * 60 * 1_000

export interface MongoRunStoreOptions {
  /** How long a run's record is kept after it began, in milliseconds; 90 days unless given. */
  readonly operationsKeptMs?: number
  /**
   * How long what a node returned is kept after it did, in milliseconds; 31 days unless given: a day more than the topic
   * that keeps messages the longest, so that no message comes back after what was paid for it is gone. A run that is gone
   * on with later than that executes its nodes again.
   */
  readonly resultsKeptMs?: number
  /**
   * What readers of `pipeline_operations` see as `output`, where that is not all that a run returned: a value without
   * dates or other things that JSON does not have. The engine gets back what it stored all the same.
   */
  readonly describeOutput?: (output: unknown, status: string) => unknown
}

/**
 * Runs in MongoDB: their records in `pipeline_operations`, what their nodes returned in `pipeline_step_results`, both
 * as the migrations make them. Every write waits for a majority, every claim is decided by the database's clock.
 * Begins and ends of runs side by side share their round trips.
 *
 * Beside what the driver throws: AppError `input_too_large` and `output_too_large` (permanent), and `run_not_found`
 * (retryable) of a run whose record is gone.
 */
export function createMongoRunStore(db: Db, options: MongoRunStoreOptions = {}): RunStore {
  const { operationsKeptMs = 90 * DAY_MS, resultsKeptMs = 31 * DAY_MS, describeOutput } = options
  const { pipelineOperations, pipelineStepResults: results } = collectionsOf(durable(db))
  return {
    ...createRuns(
      { client: db.client, operations: pipelineOperations, operationsKeptMs, resultsKeptMs, describeOutput },
      results,
    ),
    ...createNodeClaims(results, resultsKeptMs),
  }
}

/** The same database with what every promise of the store rests on, however its client was opened. */
function durable(db: Db): Db {
  return db.client.db(db.databaseName, {
    writeConcern: { w: 'majority', journal: true },
    readConcern: new ReadConcern('majority'),
    readPreference: 'primary',
  })
}
