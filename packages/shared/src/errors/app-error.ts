/**
 * What becomes of work that failed:
 * - `unavailable`: a part we need (Kafka, MongoDB, the registry) is away; pause and wait, it is never a poison message;
 * - `retryable`: this attempt failed, a later one may succeed;
 * - `permanent`: no attempt can succeed, dead letter at once;
 * - `unknown`: nobody classified it; retry a few times, then dead letter.
 */
export type Fate = 'unavailable' | 'retryable' | 'permanent' | 'unknown'

export interface AppErrorOptions {
  readonly code: string
  readonly fate: Fate
  readonly cause?: unknown
}

/** An error with a stable machine-readable `code` and the `fate` of the work that hit it. Messages carry no personal data. */
export class AppError extends Error {
  readonly code: string
  readonly fate: Fate

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = options.code
    this.fate = options.fate
  }
}
