import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { classifyError } from '../errors/classify-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'

/** Between two tries, in milliseconds. */
const WAITS = { initialDelay: 200, maxDelay: 5_000 } as const

export interface OpenOptions {
  readonly logger: Logger
  /** Ends the waiting: the process shuts down. */
  readonly signal: AbortSignal
}

/**
 * Opens something, and tries again for as long as a part that it needs is away: a service that starts before its broker,
 * database or registry waits for it and says so on `/readyz`, as it does when the part goes away later.
 * `open` must leave nothing open when it throws.
 * @throws what `open` throws for any other reason, and its last error once `signal` is aborted.
 */
export function openWhenThere<Resource>(
  open: () => Promise<Resource>,
  { logger, signal }: OpenOptions,
): Promise<Resource> {
  const untilThere = retry(
    handleWhen((error) => classifyError(error).fate === 'unavailable'),
    { maxAttempts: Number.POSITIVE_INFINITY, backoff: new ExponentialBackoff(WAITS) },
  )
  untilThere.onRetry((failure) => {
    const error = 'error' in failure ? failure.error : undefined
    logger.warn(describeError(error), 'cannot start yet: a part is away, trying again')
  })
  return untilThere.execute(open, signal)
}
