import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible'

/** Resolves when so many messages may go, at most as many as the rate: after a second at the latest. */
export type WaitForTurn = (messages: number) => Promise<unknown>

/** Lets so many messages go in each second; for one caller at a time. */
export function createRateLimit(perSecond: number): WaitForTurn {
  const queue = new RateLimiterQueue(new RateLimiterMemory({ points: perSecond, duration: 1 }))
  return (messages) => queue.removeTokens(messages)
}
