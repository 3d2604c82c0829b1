import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { Cancellation } from '../execution/cancellation.ts'
import { pause } from '../execution/pause.ts'
import { retryDelay } from '../retry/retry-delay.ts'
import type { RunScope } from './run-scope.ts'

/** How long a store that does not answer is asked again before the run is given up. */
const PATIENCE_MS = 30_000
const BACKOFF = { maxAttempts: Infinity, initialDelayMs: 100, maxDelayMs: 5_000 }

/**
 * Makes a call to the store, again while it fails: up to half a minute, never past the run's deadline. Also in a run that
 * is being cancelled, because what is stored now need not be done or paid for again; unless it is told to mind that.
 * @throws what the last call threw; what fails for good at once; the reason of the cancellation.
 */
export async function untilStored<Result>(
  scope: RunScope,
  call: () => Promise<Result>,
  cancellation?: Cancellation,
): Promise<Result> {
  const { clock, random, deadline } = scope
  const giveUpAt = Math.min(clock.now() + PATIENCE_MS, deadline)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      const delayMs = retryDelay(BACKOFF, attempt, error, random)
      if (classifyError(error).fate === 'permanent' || clock.now() + delayMs >= giveUpAt) throw error
      if (cancellation === undefined) await new Promise<void>((resolve) => void clock.after(delayMs, resolve))
      else await pause(clock, delayMs, cancellation)
    }
  }
}
