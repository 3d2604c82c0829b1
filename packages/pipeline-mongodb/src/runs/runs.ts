import type { BegunRun, RunEnding, RunStore } from '@buyer-group/pipeline/store/run-store.ts'
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
  readonly describeOutput: ((output: unknown, status: string) => unknown) | undefined
}

/** A record that is there at the insert and gone at the read has just expired; twice in a row is no coincidence. */
const MAX_ATTEMPTS = 3

/** The part of the store that is about runs, each one document of `pipeline_operations`. */
export function createRuns(
  { client, operations, operationsKeptMs, describeOutput }: RunsOptions,
  results: Collection<PipelineStepResultDoc>,
): Pick<RunStore, 'begin' | 'end' | 'restart' | 'read'> {
  // Inserts and updates of one bulk write are two commands one after the other: gathered apart they go side by side.
  const insert = gatherWrites(operations)
  const update = gatherWrites(operations)
  const find = gather({ maxBatch: 100, maxInFlight: 2, run: (keys: readonly string[]) => findRuns(operations, keys) })

  return {
    begin: async (run) => {
      checkInputSize(run.input, run.key)
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const outcome = await insert({ insertOne: { document: toNewDoc(run, operationsKeptMs) } }, run.input.length)
        if (outcome === 'written') return { kind: 'new' }
        const known = await find(run.key)
        if (known?.status === 'failed') await update(reopenOperation(run.key))
        if (known !== null) return toBegun(known)
      }
      throw unknownRun(run.key)
    },

    end: async (key, ending) => {
      if (ending.output !== null) checkOutputSize(ending.output, `run ${key}`)
      const operation = endOperation(key, toEndedFields(ending, describeOutput))
      const outcome = await update(operation, ending.output?.length)
      return outcome === 'written' ? ending : whichStands(key, ending, await find(key))
    },

    restart: (key, from, to) => restartRun({ client, operations, results }, { key, from, to }),

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
  const begun = { workflow: doc.pipelineName, version: doc.pipelineVersion, input: inputOf(doc) }
  return OPEN.includes(doc.status) ? { kind: 'resumed', ...begun } : { kind: 'ended', ...begun, ending: toEnding(doc) }
}

/**
 * After an update that may have matched nothing: another run's, since the database counts matches by the round trip, or
 * this one's, because it had ended.
 */
function whichStands(key: string, ending: RunEnding, stored: PipelineOperationDoc | null): RunEnding {
  if (stored === null) throw unknownRun(key)
  if (!OPEN.includes(stored.status)) return toEnding(stored)
  // A failure may be begun anew before it is read. A final ending is not: this is another record under the same key.
  if (!OPEN.includes(ending.status)) throw unknownRun(key)
  return ending
}
