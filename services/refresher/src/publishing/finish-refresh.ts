import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { MAX_FOLDED } from '../gathering/find-waiting.ts'
import { markWindowPending } from '../records/mark-window-pending.ts'
import { completeRefresh } from '../records/record-refresh.ts'
import { releaseChanges } from '../records/release-changes.ts'
import type { Refresher } from '../refresher.ts'
import { publishCurrent, publishGroup } from './publish-group.ts'

/**
 * Everything between a stored group and the commit of its command, from the stored document alone: whoever repeats it,
 * after a crash or for a dead writer, does the same.
 */
export async function finishRefresh(
  refresher: Refresher,
  group: BuyerGroupDoc,
  records: readonly StepRecord[],
  traceparent: string | undefined,
): Promise<void> {
  const { writes, logger, now } = refresher
  await publishGroup(refresher, group, traceparent)
  const isStillStored = await markPublished(refresher, group)
  await releaseChanges(writes, group, now())
  await leaveRestToTrailingRefresh(refresher, group)
  await completeRefresh(writes, group, records, now())
  const { companyId, commandId, sequence, members, foldedIds } = group
  logger.debug({ companyId, commandId, sequence, members: members.length, folded: foldedIds.length }, 'refreshed')
  if (!isStillStored) await publishNewer(refresher, group, traceparent)
}

/**
 * Marks this refresh published, and says whether its group is certain to be the stored one still. Only then can no newer
 * state have been published before ours: a newer group is stored after this mark, and published after that.
 */
async function markPublished({ writes, now }: Refresher, group: BuyerGroupDoc): Promise<boolean> {
  const { companyId, refreshId } = group
  const filter = { companyId, refreshId, publishedAt: null }
  return (await writes.group({ updateOne: { filter, update: { $set: { publishedAt: now() } } } })) === 'written'
}

/** A refresh that took as many changes as it may leaves the rest to its window's trailing one, before it completes. */
async function leaveRestToTrailingRefresh({ collections, logger }: Refresher, group: BuyerGroupDoc): Promise<void> {
  if (group.foldedIds.length < MAX_FOLDED) return
  const { companyId } = group
  const { waiting, marked } = await markWindowPending(collections, companyId)
  if (waiting === 0) return
  if (marked) logger.info({ companyId, waiting }, 'more changes wait than one refresh folds, the window is pending')
  else logger.warn({ companyId, waiting }, 'more changes wait than one refresh folds, but the company has no window')
}

/**
 * The stored sequence may have grown, and the state just published stand behind a newer one in the compacted topic:
 * publishes the stored state until what was published last is what is stored.
 */
async function publishNewer(
  refresher: Refresher,
  published: BuyerGroupDoc,
  traceparent: string | undefined,
): Promise<void> {
  let last = published
  for (;;) {
    const stored = await refresher.reads.storedGroup(published.companyId)
    if (stored === null || stored.sequence <= last.sequence) return
    await publishCurrent(refresher, stored, traceparent)
    last = stored
  }
}
