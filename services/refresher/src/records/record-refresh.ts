import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { RefreshCommand, RefreshError } from '@buyer-group/shared/messages/messages.ts'
import type {
  BuyerGroupDoc,
  Collections,
  PipelineStepRecord,
  RefreshLogDoc,
} from '@buyer-group/shared/mongo/collections.ts'
import type { Document } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import type { GatheredWrites } from '../gathering/gathered-writes.ts'
import { PIPELINE_NAME, PIPELINE_VERSION, refreshIdOf } from '../refresh-pipeline.ts'

/** How long operations and logs are kept (system.md, "MongoDB"). */
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000

/** What came of a run stays; a failed one may begin anew when its command is sent again. */
const FINAL: ('completed' | 'superseded')[] = ['completed', 'superseded']

type Writes = Pick<GatheredWrites, 'operation' | 'log'>

/** Opens the operation and the log of a command, unless they are final. Both at once, one round trip. */
export async function beginRefresh(writes: Writes, command: RefreshCommand, now: Date): Promise<void> {
  const { commandId, companyId, workspaceId, reason, sequence } = command
  const expiresAt = new Date(now.getTime() + KEPT_MS)
  const triggeredBy = [...command.triggeredBy]
  await Promise.all([
    writes.operation({
      updateOne: {
        filter: { idempotencyKey: refreshIdOf(commandId), status: { $nin: FINAL } },
        update: {
          $set: { status: 'running' },
          $unset: { error: 1, completedAt: 1, duration: 1 },
          $setOnInsert: {
            pipelineName: PIPELINE_NAME,
            pipelineVersion: PIPELINE_VERSION,
            input: command,
            steps: [],
            createdAt: now,
            expiresAt,
          },
        },
        upsert: true,
      },
    }),
    writes.log({
      updateOne: {
        filter: { commandId, status: { $nin: FINAL } },
        update: {
          $set: { status: 'processing', startedAt: now, expiresAt },
          $unset: { error: 1, completedAt: 1 },
          $setOnInsert: { companyId, workspaceId, reason, triggeredBy, sequence },
        },
        upsert: true,
      },
    }),
  ])
}

/** Records that the refresh which made `group` is published and its changes are no longer waiting. */
export async function completeRefresh(
  writes: Writes,
  group: BuyerGroupDoc,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const changes = { added: group.added.length, removed: group.removed.length, changed: group.changed.length }
  const output = { refreshId: group.refreshId, sequence: group.sequence, members: group.members.length, ...changes }
  const steps = records.length === 0 ? {} : { steps: literal(records.map(toStepRecord)) }
  await endBoth(writes, group.commandId, 'completed', now, { output: literal(output), ...steps }, { changes })
}

/** Records that a later refresh covered this one. */
export async function supersedeRefresh(
  writes: Writes,
  commandId: string,
  supersededBy: number,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const operation = { output: literal({ supersededBy }), steps: literal(records.map(toStepRecord)) }
  await endBoth(writes, commandId, 'superseded', now, operation, { supersededBy })
}

/** Records that the refresh can never succeed as it is, and why. */
export async function failRefresh(
  writes: Writes,
  commandId: string,
  error: RefreshError,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const operation = { error: literal(error), steps: literal(records.map(toStepRecord)), failedAttempts: 0 }
  await endBoth(writes, commandId, 'failed', now, operation, { error })
}

/** Counts an attempt that failed for an unknown or passing reason and returns how many there were. */
export async function countFailedAttempt(
  { pipelineOperations }: Pick<Collections, 'pipelineOperations'>,
  commandId: string,
  error: RefreshError,
): Promise<number> {
  const operation = await pipelineOperations.findOneAndUpdate(
    { idempotencyKey: refreshIdOf(commandId) },
    { $inc: { failedAttempts: 1 }, $set: { error } },
    { returnDocument: 'after', projection: { failedAttempts: 1 } },
  )
  return operation?.failedAttempts ?? 1
}

async function endBoth(
  writes: Writes,
  commandId: string,
  status: 'completed' | 'superseded' | 'failed',
  now: Date,
  /** Expressions, since the duration is one. */
  operation: Document,
  log: Partial<RefreshLogDoc>,
): Promise<void> {
  const open = { status: { $nin: FINAL } }
  const isFailure = status === 'failed'
  const duration = { $subtract: [now, '$createdAt'] }
  const settled = isFailure ? {} : { error: '$$REMOVE' }
  await Promise.all([
    writes.operation({
      updateOne: {
        filter: { idempotencyKey: refreshIdOf(commandId), ...open },
        update: [{ $set: { status, completedAt: now, duration, ...settled, ...operation } }],
      },
    }),
    writes.log({
      updateOne: {
        filter: { commandId, ...open },
        update: { $set: { status, completedAt: now, ...log }, ...(isFailure ? {} : { $unset: { error: 1 as const } }) },
      },
    }),
  ])
}

function toStepRecord({ name, status, startedAt, duration, error }: StepRecord): PipelineStepRecord {
  return { name, status, startedAt, duration, ...(error === undefined ? {} : { error: { ...error } }) }
}
