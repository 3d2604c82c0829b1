import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { RefreshCommand, RefreshError } from '@buyer-group/shared/messages/messages.ts'
import type { BuyerGroupDoc, Collections, PipelineStepRecord } from '@buyer-group/shared/mongo/collections.ts'
import { type Document, MongoServerError } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import { PIPELINE_NAME, PIPELINE_VERSION, refreshIdOf } from '../refresh-pipeline.ts'

/** How long operations and logs are kept (system.md, "MongoDB"). */
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000

const DUPLICATE_KEY = 11_000

/** What came of a run stays; a failed one may begin anew when its command is sent again. */
const FINAL: ('completed' | 'superseded')[] = ['completed', 'superseded']

/** Opens the operation and the log of a command, unless they are final. Both at once, one round trip. */
export async function beginRefresh(collections: Collections, command: RefreshCommand, now: Date): Promise<void> {
  const { commandId, companyId, workspaceId, reason, sequence } = command
  const expiresAt = new Date(now.getTime() + KEPT_MS)
  const triggeredBy = [...command.triggeredBy]
  await Promise.all([
    unlessPresent(
      collections.pipelineOperations.updateOne(
        { idempotencyKey: refreshIdOf(commandId), status: { $in: ['running', 'failed'] } },
        {
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
        { upsert: true },
      ),
    ),
    unlessPresent(
      collections.refreshLogs.updateOne(
        { commandId, status: { $nin: FINAL } },
        {
          $set: { status: 'processing', startedAt: now, expiresAt },
          $unset: { error: 1, completedAt: 1 },
          $setOnInsert: { companyId, workspaceId, reason, triggeredBy, sequence },
        },
        { upsert: true },
      ),
    ),
  ])
}

/** Records that the refresh which made `group` is published and its changes are no longer waiting. */
export async function completeRefresh(
  collections: Collections,
  group: BuyerGroupDoc,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const changes = { added: group.added.length, removed: group.removed.length, changed: group.changed.length }
  const output = { refreshId: group.refreshId, sequence: group.sequence, members: group.members.length, ...changes }
  const steps = records.length === 0 ? {} : { steps: literal(records.map(toStepRecord)) }
  await endBoth(collections, group.commandId, 'completed', now, { output: literal(output), ...steps }, { changes })
}

/** Records that a later refresh covered this one. */
export async function supersedeRefresh(
  collections: Collections,
  commandId: string,
  supersededBy: number,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const operation = { output: literal({ supersededBy }), steps: literal(records.map(toStepRecord)) }
  await endBoth(collections, commandId, 'superseded', now, operation, { supersededBy })
}

/** Records that the refresh can never succeed as it is, and why. */
export async function failRefresh(
  collections: Collections,
  commandId: string,
  error: RefreshError,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  const operation = { error: literal(error), steps: literal(records.map(toStepRecord)), failedAttempts: 0 }
  await endBoth(collections, commandId, 'failed', now, operation, { error: literal(error) })
}

/** Counts an attempt that failed for an unknown or passing reason and returns how many there were. */
export async function countFailedAttempt(
  collections: Collections,
  commandId: string,
  error: RefreshError,
): Promise<number> {
  const operation = await collections.pipelineOperations.findOneAndUpdate(
    { idempotencyKey: refreshIdOf(commandId) },
    { $inc: { failedAttempts: 1 }, $set: { error } },
    { returnDocument: 'after', projection: { failedAttempts: 1 } },
  )
  return operation?.failedAttempts ?? 1
}

async function endBoth(
  collections: Collections,
  commandId: string,
  status: 'completed' | 'superseded' | 'failed',
  now: Date,
  operation: Document,
  log: Document,
): Promise<void> {
  const end = { status, completedAt: now, ...(status === 'failed' ? {} : { error: '$$REMOVE' }) }
  const duration = { $subtract: [now, '$createdAt'] }
  const open = { status: { $nin: FINAL } }
  await Promise.all([
    collections.pipelineOperations.updateOne({ idempotencyKey: refreshIdOf(commandId), ...open }, [
      { $set: { ...end, duration, ...operation } },
    ]),
    collections.refreshLogs.updateOne({ commandId, ...open }, [{ $set: { ...end, ...log } }]),
  ])
}

function toStepRecord({ name, status, startedAt, duration, error }: StepRecord): PipelineStepRecord {
  return { name, status, startedAt, duration, ...(error === undefined ? {} : { error: { ...error } }) }
}

/** The upsert of a document that is there but final fails on its key: then there is nothing to do. */
async function unlessPresent(upsert: Promise<unknown>): Promise<void> {
  try {
    await upsert
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error
  }
}
