import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { markWindowPending } from '../records/mark-window-pending.ts'
import type { Refresher, RefreshRun } from '../refresher.ts'
import { MAX_FOLDED } from '../stores/stores.ts'
import { publishGroup } from './publish-group.ts'
import { publishNewest } from './publish-newest.ts'

/**
 * Everything between a stored group and the end of its refresh, from the stored document alone: whoever repeats it, after
 * a crash or for a dead writer, does the same.
 */
export async function finishRefresh(run: RefreshRun, group: BuyerGroupDoc): Promise<void> {
  const { stores, logger, now } = run
  await publishAndMark(run, group)
  if (group.foldedIds.length > 0) await stores.events.release(group, now())
  await leaveRestToTrailingRefresh(run, group)
  const { companyId, commandId, sequence, members, foldedIds } = group
  logger.debug({ companyId, commandId, sequence, members: members.length, folded: foldedIds.length }, 'refreshed')
}

/**
 * Publishes the group, then marks it published. Where that mark is certain to be on the stored group, no newer state can
 * have been published before ours: a newer group is stored after this mark, and published after that. Everywhere else,
 * also where publishing or marking failed and may have happened all the same, ours may stand behind a newer one.
 */
async function publishAndMark(run: RefreshRun, group: BuyerGroupDoc): Promise<void> {
  let isStillStored = false
  try {
    await publishGroup(run, group, run.traceparent)
    isStillStored = await run.stores.groups.markPublished(group, run.now())
  } finally {
    if (!isStillStored) await publishNewest(run, group, run.traceparent)
  }
}

/** A refresh that took as many changes as it may leaves the rest to its window's trailing one, before it completes. */
async function leaveRestToTrailingRefresh({ stores, logger }: Refresher, group: BuyerGroupDoc): Promise<void> {
  if (group.foldedIds.length < MAX_FOLDED) return
  const { companyId } = group
  const { waiting, marked } = await markWindowPending(stores, companyId)
  if (waiting === 0) return
  if (marked) logger.info({ companyId, waiting }, 'more changes wait than one refresh folds, the window is pending')
  else logger.warn({ companyId, waiting }, 'more changes wait than one refresh folds, but the company has no window')
}
