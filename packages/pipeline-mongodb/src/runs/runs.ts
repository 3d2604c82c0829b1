import { checkKey } from '@buyer-group/pipeline/store/check-keys.ts'
import type { BegunRun, EndOutcome, RunEnding, RunStore, RunWorker } from '@buyer-group/pipeline/store/run-store.ts'
import { unknownRun } from '@buyer-group/pipeline/store/unknown-run.ts'
import { gather } from '@buyer-group/shared/batching/gather.ts'
import type { PipelineOperationDoc, PipelineStepResultDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection, MongoClient } from 'mongodb'
import { checkInputSize, checkOutputSize } from '../json/limits.ts'
import { inputOf, OPEN, toEndedFields, toEnding, toNewDoc, toStoredRun } from './operation-doc.ts'
import { endOperation, reopenOperation } from './operation-updates.ts'
import { restartRun } from './restart-run.ts'

export interface RunsOptions {
  readonly client: MongoClient
  readonly operations: Collection<PipelineOperationDoc>
  readonly operationsKeptMs: number
  readonly resultsKeptMs: number
  readonly describeOutput: ((output: unknown, status: string) => unknown) | undefined
}

/** A record that is there at the insert and gone at the read has just expired; twice in a row is no coincidence. */
const MAX_ATTEMPTS = 3

/** The part of the store that is about runs, each one document of `pipeline_operations`. */
export function createRuns(
  { client, operations, operationsKeptMs, resultsKeptMs, describeOutput }: RunsOptions,
  results: Collection<PipelineStepResultDoc>,
): Pick<RunStore, 'begin' | 'reopen' | 'end' | 'restart' | 'read'> {
  // Inserts and updates of one bulk write are two commands one after the other: gathered apart they go side by side.
  const insert = gatherWrites(operations)
  const update = gatherWrites(operations)
  const find = gather({ maxBatch: 100, maxInFlight: 2, run: (keys: readonly string[]) => findRuns(operations, keys) })

  return {
    begin: async (run) => {
      checkKey('the key of a run', run.key)
      checkInputSize(run.input, run.key)
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const outcome = await insert({ insertOne: { document: toNewDoc(run, operationsKeptMs) } }, run.input.length)
        if (outcome === 'written') return { kind: 'new' }
        const known = await find(run.key)
        if (known !== null) return toBegun(known)
      }
      throw unknownRun(run.key)
    },

    reopen: async (key, version) => {
      await update(reopenOperation(key, version))
    },

    end: async (worker, ending) => {
      const { key } = worker
      if (ending.output !== null) checkOutputSize(ending.output, `run ${key}`)
      const operation = endOperation(worker, toEndedFields(ending, describeOutput))
      const outcome = await update(operation, ending.output?.length)
      return outcome === 'written' ? { kind: 'ended' } : whichStands(worker, ending, await find(key))
    },

    restart: (key, from, to) => restartRun({ client, operations, results, resultsKeptMs }, { key, from, to }),

    read: async (key) => {
      const doc = await find(key)
      return doc === null ? null : toStoredRun(doc)
    },
  }
}

async function findRuns(
  operations: Collection<PipelineOperationDoc>,
  keys: readonly string[],
): Promise<(PipelineOperationDoc | null)[]> {
  const docs = await operations.find({ idempotencyKey: { $in: [...keys] } }, { projection: { _id: 0 } }).toArray()
  const byKey = new Map(docs.map((doc) => [doc.idempotencyKey, doc]))
  return keys.map((key) => byKey.get(key) ?? null)
}

function toBegun(doc: PipelineOperationDoc): BegunRun {
  const { status, pipelineName: workflow, pipelineVersion: version } = doc
  const begun = { workflow, version, input: inputOf(doc) }
  if (!OPEN.includes(status)) return { kind: 'ended', ...begun, ending: toEnding(doc) }
  return { kind: 'resumed', hasFailed: status === 'failed', ...begun }
}

/**
 * After an update that may have matched nothing: another run's, since the database counts matches by the round trip, or
 * this one's, because it had ended or moved to another version.
 */
function whichStands(
  { key, version, token }: RunWorker,
  ending: RunEnding,
  stored: PipelineOperationDoc | null,
): EndOutcome {
  if (stored === null) throw unknownRun(key)
  if (stored.pipelineVersion !== version) return { kind: 'moved' }
  if (!OPEN.includes(stored.status)) {
    return stored.endedBy === token ? { kind: 'ended' } : { kind: 'ended_elsewhere', ending: toEnding(stored) }
  }
  // A failure may be begun anew before it is read. A final ending is not: this is another record under the same key.
  if (!OPEN.includes(ending.status)) throw unknownRun(key)
  return { kind: 'ended' }
}
