import { StepError } from '@buyer-group/pipeline/step-error.ts'
import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { RefreshCommand, RefreshError } from '@buyer-group/shared/messages/messages.ts'
import { deadLetter, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import { markWindowPending } from '../records/mark-window-pending.ts'
import { countFailedAttempt, failRefresh } from '../records/record-refresh.ts'
import { refreshIdOf } from '../refresh-pipeline.ts'
import type { Refresher } from '../refresher.ts'
import { toFailedResult } from '../rules/to-messages.ts'
import { publishFailure } from './publish-group.ts'

/** How many attempts may fail for an unknown or passing reason before the refresh has failed. */
export const MAX_FAILED_ATTEMPTS = 5

/**
 * What becomes of a refresh that threw. A part that is away: thrown on, the runner waits and tries again. A failure of
 * unknown or passing kind: counted and thrown on, until there were too many. A permanent one: the failed result is
 * published, operation and log say why, and the command is dead-lettered.
 */
export async function settleFailure(
  refresher: Refresher,
  command: RefreshCommand,
  error: unknown,
  records: readonly StepRecord[],
  traceparent: string | undefined,
): Promise<Verdict> {
  const { fate } = classifyError(error)
  if (fate === 'unavailable') throw error
  const reason = reasonOf(error)
  const { collections, writes, logger, metrics, now } = refresher
  const { commandId, companyId } = command
  if (fate !== 'permanent') {
    const attempts = await countFailedAttempt(collections, commandId, reason)
    if (attempts < MAX_FAILED_ATTEMPTS) throw error
  }
  logger.error({ commandId, companyId, ...describeError(error) }, 'refresh failed')
  await tryPublishFailure(refresher, command, reason, traceparent)
  // What waited for this refresh waits for the window's trailing one: nothing else might ever come for the company.
  await markWindowPending(collections, companyId)
  await failRefresh(writes, commandId, reason, records, now())
  metrics.refreshes.inc({ outcome: 'failed' })
  return deadLetter(reason.code, reason.message, error instanceof StepError ? error.step : undefined)
}

/** Nothing is published where this refresh or a later one is stored: then a result of it stands or will stand. */
async function tryPublishFailure(
  refresher: Refresher,
  command: RefreshCommand,
  reason: RefreshError,
  traceparent: string | undefined,
): Promise<void> {
  const { companyId, commandId, sequence } = command
  const stored = await refresher.collections.buyerGroups.findOne({ companyId }, { projection: { _id: 0 } })
  if (stored !== null && stored.sequence >= sequence) return
  const result = toFailedResult(command, refreshIdOf(commandId), stored, reason, refresher.now())
  try {
    await publishFailure(refresher, result, traceparent)
  } catch (error) {
    if (classifyError(error).fate === 'unavailable') throw error
    refresher.logger.error({ commandId, companyId, ...describeError(error) }, 'the failed result cannot be published')
  }
}

/** Only our own words: those of other code may quote documents. */
function reasonOf(error: unknown): RefreshError {
  const { code, message } = classifyError(error)
  if (error instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${error instanceof Error ? error.name : 'failure'}; see the log` }
}
