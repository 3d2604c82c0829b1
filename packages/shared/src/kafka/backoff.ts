import { setTimeout as wait } from 'node:timers/promises'
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel'

/** Bounds of the waits between two tries, in milliseconds. */
export interface BackoffLimits {
  readonly initialDelay: number
  readonly maxDelay: number
}

export const DEFAULT_BACKOFF: BackoffLimits = { initialDelay: 100, maxDelay: 5_000 }

/** Waits with exponential backoff and full jitter; an abort of either signal ends the wait. */
export function createBackoff(stopping: AbortSignal, limits: BackoffLimits): (revoked: AbortSignal) => Promise<void> {
  const factory = new ExponentialBackoff({ ...limits, generator: fullJitterGenerator })
  let current: { readonly duration: number; next(context: unknown): typeof current } | undefined
  return async (revoked) => {
    const step = current === undefined ? factory.next() : current.next(undefined)
    current = step
    await wait(step?.duration ?? 0, undefined, { signal: AbortSignal.any([stopping, revoked]) }).catch(() => {})
  }
}
