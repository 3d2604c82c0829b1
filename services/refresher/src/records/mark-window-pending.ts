import type { RefresherStores } from '../stores/stores.ts'

/**
 * Marks what still waits for the company as pending in its window, so that the trailing refresh folds it. Called where
 * a refresh took as many changes as it may; nothing happens if none is left. Merges with what is pending already and
 * may run again.
 * Returns how many changes wait, and whether the company has a window to mark: the detector opens one with each claim,
 * so there is none only if the collection was lost.
 */
export async function markWindowPending(
  { events, windows }: Pick<RefresherStores, 'events' | 'windows'>,
  companyId: string,
): Promise<{ waiting: number; marked: boolean }> {
  const summary = await events.summariseWaiting(companyId)
  if (summary.count === 0) return { waiting: 0, marked: false }
  return { waiting: summary.count, marked: await windows.markPending(companyId, summary) }
}
