import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Source } from './sources/sources.ts'

/** Counts events of a source: undefined while it may go on, else the whole seconds to wait, at least 1. */
export type LimitRate = (source: Pick<Source, 'name'>, events: number) => Promise<number | undefined>

/**
 * Limits each source to so many events a second in this process, counted over one second from a source's first event;
 * undefined limits nothing. Holds one counter a source, so only configured names may be given.
 */
export function createLimitRate(eventsPerSecond: number | undefined): LimitRate {
  if (eventsPerSecond === undefined) return async () => undefined
  const limiter = new RateLimiterMemory({ points: eventsPerSecond, duration: 1 })
  return async ({ name }, events) => {
    try {
      await limiter.consume(name, events)
      return undefined
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000))
      throw refusal
    }
  }
}
