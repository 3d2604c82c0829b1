import type { ChangeStamp } from '@buyer-group/shared/mongo/collections.ts'

/**
 * Orders changes as the contract does: by their instant, then by idempotency key. Keys compare by their UTF-8 bytes,
 * as MongoDB compares text, so that a rule and an update expression never disagree.
 * Returns a negative number, zero or a positive one; no stamp at all is older than every stamp.
 */
export function compareStamps(left: ChangeStamp | undefined, right: ChangeStamp | undefined): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined)
  const byTime = left.at.getTime() - right.at.getTime()
  if (byTime !== 0 || left.by === right.by) return byTime
  return Buffer.compare(Buffer.from(left.by), Buffer.from(right.by))
}

/**
 * The stamp of what nobody has said: the first instant that is stored at all (the year 0), by a key that sorts before
 * every other, so that it loses to whatever is said.
 */
export const UNSAID_STAMP: ChangeStamp = { at: new Date('0000-01-01T00:00:00.000Z'), by: '!' }

/** The later of the two; the left one where they are equal. */
export function laterOf<Value>(left: Value, right: Value, stampOf: (value: Value) => ChangeStamp | undefined): Value {
  return compareStamps(stampOf(left), stampOf(right)) >= 0 ? left : right
}
