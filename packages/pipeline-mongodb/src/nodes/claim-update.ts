import type { NodeClaim } from '@buyer-group/pipeline/store/run-store.ts'
import type { Document } from 'mongodb'

/** So many milliseconds from now, by the database's clock. */
export const afterNow = (ms: number): Document => ({
  $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: Math.ceil(ms) },
})

/** Of a node that another worker holds: how much longer, in milliseconds by the database's clock. */
export const REMAINING_MS: Document = { $toDouble: { $subtract: ['$heldUntil', '$$NOW'] } }

/**
 * One compare-and-set: takes the node if it is new, was given back, is this worker's or was left by one whose time is
 * over; else changes nothing. Who reads the document afterwards sees by its output and its token which it was.
 */
export function claimUpdate({ token, at, holdMs }: NodeClaim, keptMs: number): Document[] {
  const mine = { $literal: token }
  const holder = { $ifNull: ['$token', null] }
  const isMine = { $eq: [holder, mine] }
  const isFree = { $or: [{ $eq: [holder, null] }, isMine, { $lte: ['$heldUntil', '$$NOW'] }] }
  const isUnfinished = { $eq: [{ $type: '$output' }, 'missing'] }
  const leftByAnother = { $and: [{ $ne: [holder, null] }, { $not: isMine }] }

  const taken = {
    token: mine,
    heldUntil: afterNow(holdMs),
    // Once so, it stays so until the node is finished (RunStore, `interrupted`).
    interrupted: { $or: [{ $eq: ['$interrupted', true] }, leftByAnother] },
    // A worker that holds it longer began when it did.
    startedAt: { $cond: [isMine, '$startedAt', at] },
    // No claim may be forgotten while it is held.
    expiresAt: afterNow(Math.max(keptMs, holdMs)),
  }
  const takes = { $and: [isUnfinished, isFree] }
  const fields = Object.entries(taken).map(([field, value]) => [field, { $cond: [takes, value, `$${field}`] }] as const)
  return [{ $set: Object.fromEntries(fields) }]
}
