import { StepError } from '@buyer-group/pipeline/step-error.ts'
import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { WaitingChange } from '@buyer-group/rules/folding/waiting-change.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Decoded, MessageHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { traceparentOf } from '@buyer-group/shared/messages/traceparent.ts'
import { deadLetter, done, skip, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import type { Delivery } from './publishing/delivery.ts'
import { finishRefresh } from './publishing/finish-refresh.ts'
import { settleFailure } from './publishing/settle-failure.ts'
import { beginRefresh, endRefresh } from './records/record-refresh.ts'
import { refreshIdOf } from './refresh-id.ts'
import { CACHED_GROUP, COMPOSED_GROUP, createRefreshPipeline } from './refresh-pipeline.ts'
import type { Refresher } from './refresher.ts'
import { compareWithStored } from './rules/compare-with-stored.ts'

/** How often the group may move under a refresh before the command is tried again later. */
const MAX_ROUNDS = 10

/** One delivery of a command on its way. */
interface Run {
  readonly command: RefreshCommand
  readonly delivery: Delivery
  /** Every step that ran, over all rounds. */
  readonly records: StepRecord[]
}

/**
 * Handles one refresh command (guarantees.md, "refresher"):
 * validate -> begin -> load the stored group -> load the waiting changes -> check the cache -> load the directory ->
 * fold -> assign roles -> compose -> compare -> save -> publish -> mark -> release -> complete.
 * May be repeated at any point, and side by side with another process that handles the same company. Work whose partition
 * was revoked stops before it saves or publishes; what a stale writer still does is fenced by the sequence.
 */
export function createRefreshHandler(refresher: Refresher): MessageHandler<RefreshCommand> {
  const pipeline = createRefreshPipeline(refresher)
  const { stores, metrics, now } = refresher

  const validate = async (decoded: Decoded<RefreshCommand>, signal: AbortSignal): Promise<Run> => {
    const { message, value: command, isLastAttempt } = decoded
    const input = { command, refreshId: refreshIdOf(command.commandId), key: message.key?.toString() }
    const { records } = await pipeline.executeSequence(['validateCompanyInput'], input)
    return { command, delivery: { traceparent: traceparentOf(message), isLastAttempt, signal }, records: [...records] }
  }

  const refresh = async (run: Run): Promise<Verdict> => {
    const { command, delivery, records } = run
    const refreshId = refreshIdOf(command.commandId)
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const standing = collect(await pipeline.executeSequence(['loadStoredGroup'], { command, refreshId }), records)

      const comparison = compareWithStored(command, refreshId, standing.stored)
      if (comparison.kind === 'superseded') {
        const superseded = { status: 'superseded', by: comparison.by } as const
        await endRefresh(stores, command.commandId, superseded, records, now())
        metrics.refreshes.inc({ outcome: 'superseded' })
        return skip('superseded')
      }
      if (comparison.kind === 'stored') {
        await finishRefresh(refresher, comparison.group, records, delivery)
        metrics.refreshes.inc({ outcome: 'republished' })
        return done
      }
      if (comparison.kind === 'unpublished') {
        await finishRefresh(refresher, comparison.group, [], delivery)
        continue
      }

      const checked = collect(
        await pipeline.executeSequence(['loadWaitingChanges', 'checkCacheStep'], standing),
        records,
      )
      const composing = checked.isFresh
        ? pipeline.executeSequence(CACHED_GROUP, checked)
        : pipeline.executeSequence(COMPOSED_GROUP, checked)
      const composed = collect(await composing, records)

      delivery.signal.throwIfAborted()
      const saved = collect(await pipeline.executeSequence(['saveBuyerGroupStep'], composed), records)
      if (saved.kind === 'moved') continue

      await finishRefresh(refresher, saved.group, records, delivery)
      observeFolded(checked.changes)
      metrics.refreshes.inc({ outcome: checked.isFresh ? 'cached' : 'completed' })
      return done
    }
    throw new AppError(`the group of the company changed ${MAX_ROUNDS} times under one refresh; it is tried again`, {
      code: 'group_contended',
      fate: 'retryable',
    })
  }

  const observeFolded = (changes: readonly WaitingChange[]) => {
    metrics.foldedEvents.inc(changes.length)
    if (changes.length === 0) return
    const earliest = Math.min(...changes.map(({ receivedAt }) => receivedAt.getTime()))
    metrics.endToEnd.observe(Math.max(0, now().getTime() - earliest) / 1_000)
  }

  const handle = async (decoded: Decoded<RefreshCommand>, signal: AbortSignal): Promise<Verdict> => {
    let run: Run
    try {
      run = await validate(decoded, signal)
    } catch (error) {
      return refuse(error)
    }
    try {
      await beginRefresh(stores, run.command, now())
      return await refresh(run)
    } catch (error) {
      if (error instanceof StepError) run.records.push(...error.records)
      return settleFailure(refresher, run.command, error, run.records, run.delivery)
    }
  }

  /** Nothing in an impossible command can be trusted, so that nothing is recorded or published for it. */
  const refuse = (error: unknown): Verdict => {
    if (!(error instanceof StepError) || error.fate !== 'permanent') throw error
    metrics.refreshes.inc({ outcome: 'failed' })
    return deadLetter(error.code, error.message, error.step)
  }

  return async (decoded, signal) => {
    const stopTimer = metrics.duration.startTimer()
    metrics.running.inc()
    try {
      return await handle(decoded, signal)
    } finally {
      metrics.running.dec()
      stopTimer()
    }
  }
}

/** Keeps the records of a sequence and hands its output on. */
function collect<Output>(
  result: { readonly output: Output; readonly records: readonly StepRecord[] },
  into: StepRecord[],
): Output {
  into.push(...result.records)
  return result.output
}
