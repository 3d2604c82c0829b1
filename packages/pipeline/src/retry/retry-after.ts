import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/** How deep a chain of causes is followed. */
const MAX_DEPTH = 8

/** A provider asked not to be called again for a while: HTTP 429 or 503 with Retry-After (RFC 9110, 10.2.3). */
export class RetryAfterError extends AppError {
  /** Milliseconds from when it was thrown. */
  readonly retryAfterMs: number

  /** `code` is `rate_limited` unless given; the fate is retryable. */
  constructor(
    message: string,
    options: { readonly retryAfterMs: number; readonly code?: string; readonly cause?: unknown },
  ) {
    const { retryAfterMs, code = 'rate_limited', cause } = options
    super(message, { code, fate: 'retryable', cause })
    this.name = 'RetryAfterError'
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * The least delay, in milliseconds, that an error or one of its causes asks for by a property `retryAfterMs`, so that
 * errors of any class may ask; 0 where none does. Never throws.
 */
export function retryAfterOf(error: unknown): number {
  let current = error
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth += 1) {
    const { retryAfterMs, cause } = current as { readonly retryAfterMs?: unknown; readonly cause?: unknown }
    if (typeof retryAfterMs === 'number' && retryAfterMs > 0) return retryAfterMs
    current = cause
  }
  return 0
}
