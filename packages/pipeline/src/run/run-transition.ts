import type { Fate } from '@buyer-group/shared/errors/app-error.ts'

interface OfRun {
  /** The run's idempotency key. */
  readonly run: string
  readonly workflow: string
  readonly version: string
  /** Random, one a call of `runWorkflow`: two workers on one run, or one after the other, are told apart by it. */
  readonly worker: string
  /** Which walk over the nodes: 1, and one more each time that `repeat` asks for it. */
  readonly round: number
  readonly at: Date
}

interface OfNode extends OfRun {
  /** The node's name; of a fan-out, with the item's place, such as `enrich[3]`. */
  readonly node: string
  readonly step: string
}

interface Failure {
  readonly code: string
  readonly fate: Fate
  /** Our own words, without data. */
  readonly message: string
}

interface Ended {
  /** Milliseconds. */
  readonly duration: number
  readonly attempts: number
}

/**
 * Everything that happens to a run, for metrics, logs and spans. No inputs and outputs: they may be personal.
 * A run begins with `run_started` or `run_resumed` and ends with one of `run_completed`, `run_failed` and `run_ended`. One
 * that could not begin is told by `run_failed` alone, one that had ended before by `run_ended` alone. A node that began ends with one of `node_completed`, `node_memoised`, `node_failed` and `node_cancelled`.
 */
export type RunTransition =
  | (OfRun & { readonly kind: 'run_started' })
  /** Found begun before, by `version`. */
  | (OfRun & { readonly kind: 'run_resumed' })
  | (OfRun & { readonly kind: 'run_repeated' })
  | (OfRun & { readonly kind: 'run_completed'; readonly status: string; readonly duration: number })
  /** It had ended before, or another worker was first; nothing is executed any more. */
  | (OfRun & { readonly kind: 'run_ended'; readonly status: string })
  | (OfRun & { readonly kind: 'run_failed'; readonly duration: number } & Failure)
  | (OfNode & { readonly kind: 'node_started' })
  /** Another worker holds it. */
  | (OfNode & { readonly kind: 'node_waiting'; readonly delayMs: number })
  /** `attempt` failed, another one follows. */
  | (OfNode & { readonly kind: 'node_retrying'; readonly attempt: number; readonly delayMs: number } & Failure)
  | (OfNode & { readonly kind: 'node_completed' } & Ended)
  /** Its output was stored already. */
  | (OfNode & { readonly kind: 'node_memoised' } & Ended)
  | (OfNode & { readonly kind: 'node_skipped' })
  | (OfNode & { readonly kind: 'node_failed' } & Ended & Failure)
  | (OfNode & { readonly kind: 'node_cancelled' } & Ended)

/** Hears of every transition as it happens, in order. What it throws, now or by a promise, is dropped: it
 * never harms a run. */
export type RunObserver = (transition: RunTransition) => void
