import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { refreshIdOf } from '../refresh-id.ts'
import type { RefreshRun } from '../refresher.ts'
import { finishRefresh } from './finish-refresh.ts'

/**
 * For a command that comes again after its run has ended: publishes the stored group again if it is still the one of this
 * refresh, equal to what was published before. Whoever sends a command again does so because something got lost.
 */
export async function publishAgain(
  run: RefreshRun,
  { companyId, commandId }: RefreshCommand,
  signal: AbortSignal,
): Promise<void> {
  const stored = await run.stores.groups.find(companyId)
  signal.throwIfAborted()
  if (stored?.refreshId === refreshIdOf(commandId)) await finishRefresh(run, stored)
}
