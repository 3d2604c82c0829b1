import type { AnyStep } from '../step.ts'
import type { StepFailure } from '../step-failure.ts'
import type { StoredStep } from '../store/run-store.ts'
import type { AnyStepNode } from '../workflow/node.ts'
import type { FanOutRun } from './fan-out-run.ts'
import type { NodeExecution } from './node-execution.ts'
import type { RunScope } from './run-scope.ts'

// biome-ignore lint/suspicious/noExplicitAny: only its name matters here
type Named = Pick<AnyStep<any>, 'name'>

/** Tells observers how each node goes, and records how it ended. */
export class RunJournal {
  readonly #scope: RunScope

  constructor(scope: RunScope) {
    this.#scope = scope
  }

  started(node: string, step: Named): void {
    if (this.#scope.isObserved) this.#scope.tell({ kind: 'node_started', node, step: step.name })
  }

  completed(execution: NodeExecution): void {
    const { isMemoised, item, name: node, step, duration, attempts } = execution
    if (this.#scope.isObserved) {
      const kind = isMemoised ? 'node_memoised' : 'node_completed'
      this.#scope.tell({ kind, node, step: step.name, duration, attempts })
    }
    if (item === -1) this.#record(execution, { status: isMemoised ? 'memoised' : 'completed' })
  }

  cancelled(execution: NodeExecution): void {
    const { name: node, step, duration, attempts } = execution
    if (this.#scope.isObserved) this.#scope.tell({ kind: 'node_cancelled', node, step: step.name, duration, attempts })
    this.#record(execution, { status: 'cancelled' })
  }

  failed(execution: NodeExecution, { code, fate, message }: StepFailure): void {
    const { name: node, step, duration, attempts } = execution
    if (this.#scope.isObserved) {
      this.#scope.tell({ kind: 'node_failed', node, step: step.name, duration, attempts, code, fate, message })
    }
    this.#record(execution, { status: 'failed', error: { code, message } })
  }

  /** What the definition says of a node threw, or its input was refused: its step was never executed. */
  refused(node: string, step: Named, { code, fate, message }: StepFailure): void {
    const none = { duration: 0, attempts: 0 }
    if (this.#scope.isObserved)
      this.#scope.tell({ kind: 'node_failed', node, step: step.name, ...none, code, fate, message })
    this.#scope.records.push({ name: node, status: 'failed', startedAt: this.#now, ...none, error: { code, message } })
  }

  skipped({ name: node, step }: AnyStepNode): void {
    if (this.#scope.isObserved) this.#scope.tell({ kind: 'node_skipped', node, step: step.name })
    this.#scope.records.push({ name: node, status: 'skipped', startedAt: this.#now, duration: 0, attempts: 0 })
  }

  /** One record for all items of a fan-out. */
  fanOutEnded(fanOut: FanOutRun, status: StoredStep['status']): void {
    const { node, startedAt, attempts } = fanOut
    const duration = Math.max(0, this.#scope.clock.now() - startedAt)
    this.#scope.records.push({ name: node.name, status, startedAt: new Date(startedAt), duration, attempts })
  }

  get #now(): Date {
    return new Date(this.#scope.clock.now())
  }

  #record(execution: NodeExecution, outcome: Pick<StoredStep, 'status' | 'error'>): void {
    const { name, startedAt, duration, attempts } = execution
    this.#scope.records.push({ name, startedAt: new Date(startedAt), duration, attempts, ...outcome })
  }
}
