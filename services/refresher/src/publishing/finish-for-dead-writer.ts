import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { WORKFLOW_VERSION } from '../refresh-id.ts'
import type { Refresher } from '../refresher.ts'
import { type RefreshOutcome, summarise } from '../rules/refresh-outcome.ts'

/** Who ended the run, in its record; no worker's token. */
const ENDER = 'finish-for-dead-writer'

/**
 * Ends log and run of the refresh that stored this group and died before it was published; now it is. The log first: a
 * command that comes again and finds its run ended looks at nothing else. The run of another version is left to its own
 * command, which finds the group published.
 */
export async function finishForDeadWriter({ stores, runs, now }: Refresher, group: BuyerGroupDoc): Promise<void> {
  const { commandId, refreshId } = group
  const outcome: RefreshOutcome = { outcome: 'completed', ...summarise(group) }
  const ending = { status: 'completed', output: JSON.stringify(outcome), error: null, steps: [], at: now() }
  await stores.logs.end(commandId, { status: 'completed', changes: outcome }, now())
  await runs.end({ key: refreshId, version: WORKFLOW_VERSION, token: ENDER }, ending).catch(ignoreForgotten)
}

/** The group stands for longer than records are kept: there is nothing left to end. */
function ignoreForgotten(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'run_not_found')) throw error
}
