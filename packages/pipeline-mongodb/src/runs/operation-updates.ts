import type { RunWorker } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineOperationDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { AnyBulkWriteOperation, Document } from 'mongodb'
import { type EndedFields, OPEN } from './operation-doc.ts'

type Operation = AnyBulkWriteOperation<PipelineOperationDoc>

/** Of a run that goes on after a failure; its steps are replaced when it ends. */
export const REOPENED = {
  $set: { status: 'running' },
  $unset: { error: 1, completedAt: 1, duration: 1, endedBy: 1 },
} as const

export function reopenOperation(key: string, version: string): Operation {
  const filter = { idempotencyKey: key, pipelineVersion: version, status: 'failed' }
  return { updateOne: { filter, update: REOPENED } }
}

/** Closes a run that is open and of the worker's version. Expressions, since the duration is one: it counts from when the run first began. */
export function endOperation({ key, version, token }: RunWorker, fields: EndedFields): Operation {
  const { completedAt, ...rest } = fields
  const set: Document = {
    outputText: '$$REMOVE',
    output: '$$REMOVE',
    error: '$$REMOVE',
    stepsOmitted: '$$REMOVE',
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, { $literal: value }])),
    completedAt,
    endedBy: { $literal: token },
    duration: { $subtract: [completedAt, '$createdAt'] },
  }
  const filter = { idempotencyKey: key, pipelineVersion: version, status: { $in: [...OPEN] } }
  return { updateOne: { filter, update: [{ $set: set }] } }
}
