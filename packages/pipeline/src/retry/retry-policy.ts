/** How often and how soon a failed attempt is repeated. Times are milliseconds. */
export interface RetryPolicy {
  /** All attempts, the first one included; at least 1. */
  readonly maxAttempts: number
  /** The longest delay before the second attempt; each further one is `factor` times as long. */
  readonly initialDelayMs: number
  /** No delay is longer, but for what the error itself asks for (Retry-After). */
  readonly maxDelayMs: number
  /** 2 unless given. */
  readonly factor?: number
  /** For all attempts and the delays between them together, from when the first one begins; none begins past it. */
  readonly deadlineMs?: number
}
