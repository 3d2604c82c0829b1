import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { DeadLetterReplayDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, Document, WithId } from 'mongodb'
import type { ReplayScope } from './rules/judge-letter.ts'

export type Replays = Collection<DeadLetterReplayDoc>

/** A replay as it is stored, and whether someone works on it at this moment by the database's clock. */
export interface StoredReplay extends DeadLetterReplayDoc {
  readonly isHeld: boolean
}

/** Statuses that a replay can go on from. */
export const OPEN_STATUSES = ['planned', 'running', 'interrupted'] as const

/** Longer than dead letters are kept (30 days), so that what was replayed is known as long as it stands there. */
const KEPT_DAYS = 90

/** Stores a new plan, its times by the database's clock. */
export async function insertReplay(
  replays: Replays,
  replay: Omit<DeadLetterReplayDoc, 'createdAt' | 'expiresAt'>,
): Promise<void> {
  const expiresAt = { $dateAdd: { startDate: '$$NOW', unit: 'day', amount: KEPT_DAYS } }
  const set = { $set: { ...literals(replay), createdAt: '$$NOW', expiresAt } }
  await replays.updateOne({ replayId: replay.replayId }, [set], { upsert: true })
}

/** @throws AppError `unknown_replay` (permanent). */
export async function findReplay(replays: Replays, replayId: string): Promise<StoredReplay> {
  const [replay] = await readReplays(replays, [{ $match: { replayId } }])
  if (replay !== undefined) return replay
  throw new AppError(`no replay has the id ${replayId}: "status" lists them`, {
    code: 'unknown_replay',
    fate: 'permanent',
  })
}

/** The newest replays first. */
export function findReplays(replays: Replays, limit: number): Promise<StoredReplay[]> {
  return readReplays(replays, [{ $sort: { createdAt: -1 } }, { $limit: limit }])
}

/** What every replay takes and how far it came, in the order they were made. */
export function findScopes(replays: Replays): Promise<ReplayScope[]> {
  const projection = { _id: 0, replayId: 1, filter: 1, ranges: 1, missingTopics: 1, again: 1, 'plan.lastAt': 1 }
  return replays.find({}, { projection }).sort({ createdAt: 1 }).toArray()
}

async function readReplays(replays: Replays, stages: Document[]): Promise<StoredReplay[]> {
  const isHeld = { $gt: [{ $ifNull: ['$lease.expiresAt', null] }, '$$NOW'] }
  const docs = await replays
    .aggregate<WithId<StoredReplay>>([...stages, { $set: { isHeld } }, { $unset: '_id' }])
    .toArray()
  return docs
}

/** Text from outside goes in as it is: in a pipeline one that starts with `$` would be a field's path. */
function literals(fields: object): Document {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { $literal: value }]))
}
