import type { PipelineOperationDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection, Document } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import { FINAL, KEPT_MS, toOutput } from '../records/refresh-records.ts'
import { PIPELINE_NAME, PIPELINE_VERSION, refreshIdOf } from '../refresh-id.ts'
import type { OperationStore, RefreshEnding } from './stores.ts'

/** The operations in `pipeline_operations`. */
export function createMongoOperationStore(collection: Collection<PipelineOperationDoc>): OperationStore {
  const write = gatherWrites(collection)
  const open = (commandId: string) => ({ idempotencyKey: refreshIdOf(commandId), status: { $nin: [...FINAL] } })
  return {
    begin: async (command, now) => {
      const opened = {
        pipelineName: PIPELINE_NAME,
        pipelineVersion: PIPELINE_VERSION,
        input: command,
        steps: [],
        createdAt: now,
        expiresAt: new Date(now.getTime() + KEPT_MS),
      }
      const update = {
        $set: { status: 'running' as const },
        $unset: { error: 1 as const, completedAt: 1 as const, duration: 1 as const },
        $setOnInsert: opened,
      }
      await write({ updateOne: { filter: open(command.commandId), update, upsert: true } })
    },

    end: async (commandId, ending, steps, now) => {
      const ended: Document = {
        status: ending.status,
        completedAt: now,
        duration: { $subtract: [now, '$createdAt'] },
        ...outcomeOf(ending),
        ...(steps.length === 0 ? {} : { steps: literal(steps) }),
      }
      await write({ updateOne: { filter: open(commandId), update: [{ $set: ended }] } })
    },

    noteError: async (commandId, error) => {
      await write({ updateOne: { filter: open(commandId), update: { $set: { error: { ...error } } } } })
    },
  }
}

/** As expressions, since the duration is one. */
function outcomeOf(ending: RefreshEnding): Document {
  if (ending.status === 'failed') return { error: literal(ending.error) }
  return { error: '$$REMOVE', output: literal(toOutput(ending)) }
}
