import type { StoredStep } from './store/run-store.ts'

/** How one execution of a step went. */
export interface StepRecord extends StoredStep {
  /** The step's own; of steps in a sequence only. */
  readonly idempotencyKey?: string
}

/**
 * What an observer of sequences is told: a step begins, then it has ended one way or the other; one
 * whose input is refused only ends.
 */
export type StepTransition =
  | { readonly kind: 'started'; readonly name: string; readonly idempotencyKey: string; readonly at: Date }
  | { readonly kind: 'ended'; readonly record: StepRecord }

/** For metrics and logs. What it throws, now or by a promise, is dropped. */
export type StepObserver = (transition: StepTransition) => void
