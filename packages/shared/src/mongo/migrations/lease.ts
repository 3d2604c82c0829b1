import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Collection, Db } from 'mongodb'
import { AppError } from '../../errors/app-error.ts'
import type { Logger } from '../../logging/create-logger.ts'

interface LeaseDoc {
  _id: string
  /** A random word of one acquisition, so that a process that lost its lease can tell. */
  holder: string
  /** By the database's clock. */
  expiresAt: Date
}

export interface LeaseOptions {
  readonly name: string
  readonly logger: Logger
  /** How long the lease outlives a holder that died, in milliseconds; it is renewed three times as often. */
  readonly ttlMs?: number
  /** How often a waiting process asks again, in milliseconds. */
  readonly pollMs?: number
}

/** The work's view of its lease. */
export interface Lease {
  /** Aborted once the lease is known to be lost. */
  readonly signal: AbortSignal
  /**
   * Asks the database whether the lease is still ours, and renews it.
   * @throws AppError `lease_lost` (retryable) when someone else holds it.
   */
  renew(): Promise<void>
}

const DEFAULT_TTL_MS = 15_000
const DEFAULT_POLL_MS = 500
const RENEWALS_PER_TTL = 3

/**
 * Runs `work` while this process alone holds the lease `name` in the collection `leases`; waits for as long as another
 * process holds and renews it. All times are the database's ($$NOW), so no service's clock matters. A holder that was
 * killed stops renewing and its lease expires after `ttlMs`. A holder that stalled for longer may overlap with the
 * next one: a lease bounds this, it cannot exclude it, so the work itself must be safe to run twice.
 * @throws AppError `lease_lost` (retryable) when the lease was lost on the way, or whatever `work` throws.
 */
export async function withLease<Result>(
  db: Db,
  options: LeaseOptions,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  const { name, logger, ttlMs = DEFAULT_TTL_MS, pollMs = DEFAULT_POLL_MS } = options
  const leases = db.collection<LeaseDoc>('leases')
  const token = randomUUID()
  const lost = new AbortController()

  await waitForLease(leases, name, token, ttlMs, pollMs, logger)
  const renew = async () => {
    if (await acquire(leases, name, token, ttlMs)) return
    const error = new AppError(`the lease "${name}" was taken over by another process`, {
      code: 'lease_lost',
      fate: 'retryable',
    })
    lost.abort(error)
    throw error
  }
  let renewal: Promise<void> | undefined
  const timer = setInterval(() => {
    renewal ??= renew()
      .catch((error: unknown) => {
        logger.warn({ lease: name, error: error instanceof Error ? error.message : 'unknown' }, 'lease not renewed')
      })
      .finally(() => {
        renewal = undefined
      })
  }, ttlMs / RENEWALS_PER_TTL)
  try {
    const result = await work({ signal: lost.signal, renew })
    lost.signal.throwIfAborted()
    return result
  } finally {
    clearInterval(timer)
    // A renewal that arrived after the release would take the lease again, for nobody.
    await renewal
    await leases.deleteOne({ _id: name, holder: token }).catch(() => {
      logger.warn({ lease: name, ttlMs }, 'lease not released, it expires by itself')
    })
  }
}

async function waitForLease(
  leases: Collection<LeaseDoc>,
  name: string,
  token: string,
  ttlMs: number,
  pollMs: number,
  logger: Logger,
): Promise<void> {
  for (let attempt = 0; !(await acquire(leases, name, token, ttlMs)); attempt += 1) {
    if (attempt === 0) logger.info({ lease: name }, 'another process holds the lease, waiting for it')
    await delay(pollMs)
  }
}

/** One compare-and-set: takes or renews the lease if it is free, expired or ours, and says whether it is now ours. */
async function acquire(leases: Collection<LeaseDoc>, name: string, token: string, ttlMs: number): Promise<boolean> {
  const mine = {
    $or: [{ $eq: [{ $type: '$holder' }, 'missing'] }, { $eq: ['$holder', token] }, { $lte: ['$expiresAt', '$$NOW'] }],
  }
  const until = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: ttlMs } }
  try {
    const lease = await leases.findOneAndUpdate(
      { _id: name },
      [
        {
          $set: {
            holder: { $cond: [mine, token, '$holder'] },
            expiresAt: { $cond: [mine, until, '$expiresAt'] },
          },
        },
      ],
      { upsert: true, returnDocument: 'after' },
    )
    return lease?.holder === token
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false
    throw error
  }
}

/** Two processes created the lease at the same moment; the other one has it. */
const DUPLICATE_KEY = 11_000
