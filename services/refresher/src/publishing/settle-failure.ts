import { StepError } from '@buyer-group/pipeline/step-error.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { RefreshCommand, RefreshError } from '@buyer-group/shared/messages/messages.ts'
import { deadLetter, retry, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import { markWindowPending } from '../records/mark-window-pending.ts'
import { refreshIdOf } from '../refresh-id.ts'
import type { RefreshRun } from '../refresher.ts'
import { toFailedResult } from '../rules/to-messages.ts'
import { publishFailure } from './publish-group.ts'

/** What one delivery of a command brings with it. */
export interface Delivery {
  /** Whether the command goes to the dead letters if it fails now, rather than to a retry topic. */
  readonly isLastAttempt: boolean
  /** Aborted once the partition is someone else's: nothing may be saved or published any more. */
  readonly signal: AbortSignal
}

/**
 * What becomes of a refresh that threw; its operation says why already. A part that is away, or a partition that is
 * someone else's: thrown on, the runner waits or forgets it. A failure of unknown or passing kind: tried again later by
 * way of a retry topic. A permanent one, or the last attempt's: the failed result is published, the log says why, and
 * the command is dead-lettered.
 */
export async function settleFailure(
  run: RefreshRun,
  command: RefreshCommand,
  error: unknown,
  delivery: Delivery,
): Promise<Verdict> {
  const { fate } = classifyError(error)
  if (fate === 'unavailable' || delivery.signal.aborted) throw error
  const reason = reasonOf(error)
  const { stores, logger, metrics, now } = run
  const { commandId, companyId } = command
  if (fate !== 'permanent' && !delivery.isLastAttempt) {
    logger.warn({ commandId, companyId, ...describeError(error) }, 'refresh failed, it is tried again')
    return retry(reason.code, reason.message)
  }
  logger.error({ commandId, companyId, ...describeError(error) }, 'refresh failed')
  await tryPublishFailure(run, command, reason, delivery.signal)
  // What waited for this refresh waits for the window's trailing one: nothing else might ever come for the company.
  await markWindowPending(stores, companyId)
  await stores.logs.end(commandId, { status: 'failed', error: reason }, now())
  metrics.refreshes.inc({ outcome: 'failed' })
  return deadLetter(reason.code, reason.message, error instanceof StepError ? error.step : undefined)
}

/** Nothing is published where this refresh or a later one is stored: then a result of it stands or will stand. */
async function tryPublishFailure(
  run: RefreshRun,
  command: RefreshCommand,
  reason: RefreshError,
  signal: AbortSignal,
): Promise<void> {
  const { companyId, commandId, sequence } = command
  const stored = await run.stores.groups.find(companyId)
  if (stored !== null && stored.sequence >= sequence) return
  const result = toFailedResult(command, refreshIdOf(commandId), stored, reason, run.now())
  signal.throwIfAborted()
  try {
    await publishFailure(run, result, run.traceparent)
  } catch (error) {
    if (classifyError(error).fate === 'unavailable') throw error
    run.logger.error({ commandId, companyId, ...describeError(error) }, 'the failed result cannot be published')
  }
}

/** Only our own words: those of other code may quote documents. */
function reasonOf(error: unknown): RefreshError {
  const { code, message } = classifyError(error)
  if (error instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${error instanceof Error ? error.name : 'failure'}; see the log` }
}
