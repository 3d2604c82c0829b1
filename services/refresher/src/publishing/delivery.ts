/** What one delivery of a command brings with it. */
export interface Delivery {
  readonly traceparent: string | undefined
  /** Whether the command goes to the dead letters if it fails now, rather than to a retry topic. */
  readonly isLastAttempt: boolean
  /** Aborted once the partition is someone else's: nothing may be saved or published any more. */
  readonly signal: AbortSignal
}
