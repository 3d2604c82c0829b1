import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { CheckResult } from '@buyer-group/shared/telemetry/admin-server.ts'

/** How far this machine's clock may be from the database's (guarantees.md, "ingest"): 30 s. */
export const MAX_CLOCK_SKEW_MS = 30_000

/** How often the two clocks are compared. */
const COMPARE_EVERY_MS = 5_000

export interface ClockGuardOptions {
  /** Asks for the database's time, in milliseconds since the epoch. */
  readDatabaseTime(): Promise<number>
  /** This machine's time, in milliseconds since the epoch. */
  now(): number
  /** A clock that never jumps, in milliseconds. */
  monotonic(): number
  readonly logger: Logger
}

export interface ClockGuard {
  /** Compares the clocks once. While the database is away what was known stays. Never throws. */
  compare(): Promise<void>
  /** This clock minus the database's in milliseconds, jumps since the last comparison included; undefined while unknown. */
  skewMs(): number | undefined
  /** Does the clock differ so much that no timestamp can be judged by it? False while unknown. */
  isOff(): boolean
  check(): CheckResult
}

interface Comparison {
  readonly skewMs: number
  readonly uncertaintyMs: number
  /** `now - monotonic` then: it changes only if the clock jumps. */
  readonly offset: number
}

/** Watches whether this machine's clock can be trusted to judge the age of a request. */
export function createClockGuard({ readDatabaseTime, now, monotonic, logger }: ClockGuardOptions): ClockGuard {
  let last: Comparison | undefined
  let wasOff = false

  const skewMs = () => (last === undefined ? undefined : last.skewMs + (now() - monotonic() - last.offset))
  const isOff = () => last !== undefined && Math.abs(skewMs() ?? 0) > MAX_CLOCK_SKEW_MS + last.uncertaintyMs

  const compare = async () => {
    try {
      const start = monotonic()
      const databaseTime = await readDatabaseTime()
      const roundTrip = monotonic() - start
      last = { ...estimateSkew(now(), databaseTime, roundTrip), offset: now() - monotonic() }
    } catch (error) {
      logger.debug({ error: describeError(error) }, "could not read the database's clock")
    }
    if (isOff() !== wasOff) {
      wasOff = isOff()
      const skewSeconds = Math.round((skewMs() ?? 0) / 1_000)
      if (wasOff) logger.error({ skewSeconds }, "this machine's clock is off: taking nothing until it is right")
      else logger.info({ skewSeconds }, "this machine's clock is right again")
    }
  }

  return {
    compare,
    skewMs,
    isOff,
    check: () => (isOff() ? { ok: false, reason: "this machine's clock differs from the database's" } : { ok: true }),
  }
}

/** The database read its clock at some point of the round trip: its middle is the estimate, half of it the doubt. */
export function estimateSkew(
  receivedAt: number,
  databaseTime: number,
  roundTripMs: number,
): { skewMs: number; uncertaintyMs: number } {
  return { skewMs: receivedAt - roundTripMs / 2 - databaseTime, uncertaintyMs: roundTripMs / 2 }
}

/** Compares the clocks every few seconds. Returns how to stop. */
export function watchClock(guard: ClockGuard): () => void {
  const timer = setInterval(() => void guard.compare(), COMPARE_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
