import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { findReplay, OPEN_STATUSES, type StoredReplay } from './replay-store.ts'

/**
 * Cancels a replay for good, also a running one: the process that runs it notices before its next chunk. What it has
 * published stays published. Cancelling twice is no error.
 * @throws AppError `unknown_replay` or `replay_completed` (permanent), MongoDB's errors.
 */
export async function cancelReplay(
  collections: Pick<Collections, 'deadLetterReplays'>,
  replayId: string,
): Promise<StoredReplay> {
  const replays = collections.deadLetterReplays
  const cancelled = { $set: { status: 'cancelled', endedAt: '$$NOW', lease: null } }
  await replays.updateOne({ replayId, status: { $in: [...OPEN_STATUSES] } }, [cancelled])
  const replay = await findReplay(replays, replayId)
  if (replay.status === 'cancelled') return replay
  throw new AppError(`replay ${replayId} is completed already: there is nothing left to cancel`, {
    code: 'replay_completed',
    fate: 'permanent',
  })
}
