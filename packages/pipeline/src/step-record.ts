/** How one execution of a step went. */
export interface StepRecord {
  readonly name: string
  readonly idempotencyKey: string
  readonly status: 'completed' | 'failed'
  readonly startedAt: Date
  /** Milliseconds. */
  readonly duration: number
  readonly error?: { readonly code: string; readonly message: string }
}

/** What an observer is told: a step begins, then it has ended one way or the other. */
export type StepTransition =
  | { readonly kind: 'started'; readonly name: string; readonly idempotencyKey: string; readonly at: Date }
  | { readonly kind: 'ended'; readonly record: StepRecord }

/** For metrics and logs. Must not throw. */
export type StepObserver = (transition: StepTransition) => void
