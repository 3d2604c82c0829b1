import type { PipelineOperationDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { AnyBulkWriteOperation, Document } from 'mongodb'
import { type EndedFields, OPEN } from './operation-doc.ts'

type Operation = AnyBulkWriteOperation<PipelineOperationDoc>

/** Lets a failed run go on; its steps are replaced when it ends. */
export function reopenOperation(key: string): Operation {
  const update = {
    $set: { status: 'running' },
    $unset: { error: 1 as const, completedAt: 1 as const, duration: 1 as const },
  }
  return { updateOne: { filter: { idempotencyKey: key, status: 'failed' }, update } }
}

/** Closes a run that is open. Expressions, since the duration is one: it counts from when the run first began. */
export function endOperation(key: string, fields: EndedFields): Operation {
  const { completedAt, ...rest } = fields
  const set: Document = {
    outputText: '$$REMOVE',
    output: '$$REMOVE',
    error: '$$REMOVE',
    stepsOmitted: '$$REMOVE',
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, { $literal: value }])),
    completedAt,
    duration: { $subtract: [completedAt, '$createdAt'] },
  }
  return { updateOne: { filter: { idempotencyKey: key, status: { $in: [...OPEN] } }, update: [{ $set: set }] } }
}
