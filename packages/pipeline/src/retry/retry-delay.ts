import { retryAfterOf } from './retry-after.ts'
import type { RetryPolicy } from './retry-policy.ts'

/**
 * How long to wait after attempt number `attempt` failed, in milliseconds: exponential backoff with full jitter, that is
 * anything between nothing and the backoff, which spreads the load best (Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015); at least what the error asks for.
 */
export function retryDelay(policy: RetryPolicy, attempt: number, error: unknown, random: () => number): number {
  const { initialDelayMs, maxDelayMs, factor = 2 } = policy
  // An infinite growth would make NaN of a first delay of 0.
  const growth = Math.min(factor ** (attempt - 1), Number.MAX_VALUE)
  const backoff = Math.min(maxDelayMs, initialDelayMs * growth)
  return Math.max(Math.round(random() * backoff), retryAfterOf(error))
}
