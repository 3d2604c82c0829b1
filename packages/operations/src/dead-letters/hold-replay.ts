import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { DeadLetterReplayDoc } from '@buyer-group/shared/mongo/collections.ts'
import { findReplay, OPEN_STATUSES, type Replays } from './replay-store.ts'

export interface HoldOptions {
  /** How long a holder that died keeps others out, in milliseconds; renewed three times as often. */
  readonly leaseMs: number
  readonly signal: AbortSignal
}

/** How far a chunk brought the replay. */
export interface ChunkProgress {
  /** Index of the range. */
  readonly range: number
  /** The first offset that is not done. */
  readonly next: number
  readonly replayed: number
  readonly skipped: number
  /** Offsets that Kafka no longer kept. */
  readonly expired: number
}

/** A replay that this process alone works on. */
export interface HeldReplay {
  readonly replay: DeadLetterReplayDoc
  /** Aborted with an AppError `replay_cancelled` or `lease_lost` once the replay is not ours any more. */
  readonly signal: AbortSignal
  /** Makes sure that the replay is still ours. @throws what `signal` is aborted with. */
  renew(): Promise<void>
  /** Stores progress, if the replay is still ours. @throws what `signal` is aborted with. */
  save(progress: ChunkProgress): Promise<void>
  /** Lets go of it. @throws what `signal` is aborted with, having changed nothing. */
  release(status: 'completed' | 'interrupted'): Promise<void>
}

const RENEWALS_PER_LEASE = 3
const POLL_MS = 200

/**
 * Takes a replay for this process by one compare-and-set under the database's clock. Where someone else holds it, waits
 * as long as a lease lasts: a holder that died lets it run out, one that lives renews it.
 * A holder that stalled for longer may overlap with the next one by the chunk that it was publishing, which is harmless.
 * @throws AppError `unknown_replay`, `replay_completed`, `replay_cancelled` or `replay_running` (permanent), MongoDB's
 * errors, the signal's reason.
 */
export async function holdReplay(replays: Replays, replayId: string, options: HoldOptions): Promise<HeldReplay> {
  const { leaseMs } = options
  const holder = randomUUID()
  const replay = await take(replays, replayId, holder, options)
  const lost = new AbortController()
  const ours = { replayId, status: 'running', 'lease.holder': holder } as const

  const check = async (isOurs: boolean) => {
    if (isOurs || lost.signal.aborted) return lost.signal.throwIfAborted()
    const { status } = await findReplay(replays, replayId)
    lost.abort(status === 'cancelled' ? cancelled(replayId) : takenOver(replayId))
    lost.signal.throwIfAborted()
  }
  const extend = { $set: { 'lease.expiresAt': until(leaseMs) } }
  const renew = async () => check((await replays.updateOne(ours, [extend])).matchedCount === 1)
  const timer = setInterval(() => {
    // Either the signal says so, or the database is away: then saving the next chunk fails with the reason.
    renew().catch(() => {})
  }, leaseMs / RENEWALS_PER_LEASE)

  return {
    replay,
    signal: lost.signal,
    renew,
    save: async ({ range, next, ...counts }) => {
      const change = { $set: { [`ranges.${range}.next`]: next }, $inc: counts }
      await check((await replays.updateOne(ours, change)).matchedCount === 1)
    },
    release: async (status) => {
      clearInterval(timer)
      const ended = status === 'completed' ? { endedAt: '$$NOW' } : {}
      const { matchedCount } = await replays.updateOne(ours, [{ $set: { status, lease: null, ...ended } }])
      await check(matchedCount === 1)
    },
  }
}

async function take(
  replays: Replays,
  replayId: string,
  holder: string,
  { leaseMs, signal }: HoldOptions,
): Promise<DeadLetterReplayDoc> {
  const deadline = Date.now() + leaseMs + 2 * POLL_MS
  let seen: Date | undefined
  for (;;) {
    const taken = await tryToTake(replays, replayId, holder, leaseMs)
    if (taken !== null) return taken
    const { status, lease } = await findReplay(replays, replayId)
    if (status === 'cancelled') throw cancelled(replayId)
    if (status === 'completed') throw completed(replayId)
    const isRenewed = seen !== undefined && lease !== null && lease.expiresAt > seen
    if (isRenewed || Date.now() > deadline) throw running(replayId)
    seen = lease?.expiresAt ?? seen
    await wait(POLL_MS, undefined, { signal })
  }
}

function tryToTake(
  replays: Replays,
  replayId: string,
  holder: string,
  leaseMs: number,
): Promise<DeadLetterReplayDoc | null> {
  const isFree = { $lte: [{ $ifNull: ['$lease.expiresAt', '$$NOW'] }, '$$NOW'] }
  return replays.findOneAndUpdate(
    { replayId, status: { $in: [...OPEN_STATUSES] }, $expr: isFree },
    [
      {
        $set: {
          status: 'running',
          lease: { holder, expiresAt: until(leaseMs) },
          startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
        },
      },
    ],
    { returnDocument: 'after' },
  )
}

function until(leaseMs: number) {
  return { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } }
}

function completed(replayId: string): AppError {
  return new AppError(`replay ${replayId} is completed: make a new plan, with --again to take the same letters`, {
    code: 'replay_completed',
    fate: 'permanent',
  })
}

function cancelled(replayId: string): AppError {
  return new AppError(`replay ${replayId} is cancelled: make a new plan for what is left`, {
    code: 'replay_cancelled',
    fate: 'permanent',
  })
}

function running(replayId: string): AppError {
  return new AppError(`another process works on replay ${replayId}: see "status ${replayId}"`, {
    code: 'replay_running',
    fate: 'permanent',
  })
}

function takenOver(replayId: string): AppError {
  return new AppError(
    `another process took replay ${replayId} over, because this one did not renew its lease in time`,
    {
      code: 'lease_lost',
      fate: 'permanent',
    },
  )
}
