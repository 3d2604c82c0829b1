import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { findReplay, findReplays, type StoredReplay } from './replay-store.ts'

/** One replay. @throws AppError `unknown_replay` (permanent), MongoDB's errors. */
export function readStatus(
  collections: Pick<Collections, 'deadLetterReplays'>,
  replayId: string,
): Promise<StoredReplay> {
  return findReplay(collections.deadLetterReplays, replayId)
}

/** The newest replays first. @throws MongoDB's errors. */
export function readStatuses(
  collections: Pick<Collections, 'deadLetterReplays'>,
  limit: number,
): Promise<StoredReplay[]> {
  return findReplays(collections.deadLetterReplays, limit)
}
