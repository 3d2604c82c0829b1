import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { retryDelay } from '../retry/retry-delay.ts'
import type { RunScope } from './run-scope.ts'

/** How long a store that does not answer is asked again before work that is done already is given up. */
const PATIENCE_MS = 30_000
const BACKOFF = { maxAttempts: Infinity, initialDelayMs: 100, maxDelayMs: 5_000 }

/**
 * Makes a call that stores what was worked for, again while it fails: up to half a minute, never past the run's deadline.
 * Also in a run that is being cancelled, because what is stored now need not be done or paid for again.
 * @throws what the last call threw; what fails for good at once.
 */
export async function untilStored<Result>(scope: RunScope, call: () => Promise<Result>): Promise<Result> {
  const { clock, random, deadline } = scope
  const giveUpAt = Math.min(clock.now() + PATIENCE_MS, deadline)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      const delayMs = retryDelay(BACKOFF, attempt, error, random)
      if (classifyError(error).fate === 'permanent' || clock.now() + delayMs >= giveUpAt) throw error
      await new Promise<void>((resolve) => void clock.after(delayMs, resolve))
    }
  }
}
