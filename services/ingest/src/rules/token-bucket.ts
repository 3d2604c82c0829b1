/**
 * A token bucket: `perSecond` tokens flow in, at most `burst` of them are kept, and each event takes one. It begins full.
 * Events that come together are taken together or not at all. A delivery of more events than `burst` is taken when the
 * bucket is full, and leaves it so far below zero that the rate holds on average.
 */
export interface TokenBucket {
  /** How long so many events would have to wait, in milliseconds; 0 where they may be taken now. */
  waitMs(events: number, now: number): number
  /** Takes a token for each event. Asks no more whether they are there. */
  take(events: number, now: number): void
}

/** A token is not missing because fractions of it do not add up to the last bit. */
const ROUNDING = 1e-9

/** `now` is in milliseconds of a clock that never goes back. */
export function createTokenBucket(perSecond: number, burst: number, now: number): TokenBucket {
  let tokens = burst
  let countedAt = now
  const refill = (at: number) => {
    tokens = Math.min(burst, tokens + ((at - countedAt) / 1_000) * perSecond)
    countedAt = at
  }
  return {
    waitMs: (events, at) => {
      refill(at)
      const missing = Math.min(events, burst) - tokens
      return missing > ROUNDING ? (missing / perSecond) * 1_000 : 0
    },
    take: (events, at) => {
      refill(at)
      tokens -= events
    },
  }
}
