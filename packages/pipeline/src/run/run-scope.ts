import { randomUUID } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import { Cancellation } from '../execution/cancellation.ts'
import { notify } from '../notify.ts'
import type { AroundAttempt } from '../step.ts'
import type { RunStore, StoredStep } from '../store/run-store.ts'
import type { RunObserver, RunTransition } from './run-transition.ts'

type Common = 'run' | 'workflow' | 'version' | 'worker' | 'round' | 'at'
type Untold<T> = T extends unknown ? Omit<T, Common> : never
/** What an observer hears, without what is the same all over a run. */
export type Told = Untold<RunTransition>

interface RunScopeOptions {
  readonly key: string
  readonly workflow: { readonly name: string; readonly version: string }
  readonly context: unknown
  readonly store: RunStore | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly observers: readonly RunObserver[]
  readonly around: AroundAttempt | undefined
  readonly startedAt: number
  readonly deadline: number
}

/** What all nodes of one run in this process share. */
export class RunScope {
  readonly key: string
  readonly workflow: string
  readonly version: string
  readonly context: unknown
  readonly store: RunStore | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly around: AroundAttempt | undefined
  readonly startedAt: number
  /** By the clock; Infinity for none. */
  readonly deadline: number
  readonly cancellation = new Cancellation()
  /** How every node went, over all rounds, in the order they ended. */
  readonly records: StoredStep[] = []
  /** Which walk over the nodes is under way; 1 for the first. */
  round = 1
  /** Whether anybody listens: telling is not free. */
  readonly isObserved: boolean
  readonly #observers: readonly RunObserver[]
  #token: string | undefined

  constructor(options: RunScopeOptions) {
    this.key = options.key
    this.workflow = options.workflow.name
    this.version = options.workflow.version
    this.context = options.context
    this.store = options.store
    this.clock = options.clock
    this.random = options.random
    this.around = options.around
    this.startedAt = options.startedAt
    this.deadline = options.deadline
    this.#observers = options.observers
    this.isObserved = options.observers.length > 0
  }

  /** Which worker this is, for claims of nodes and for observers: random, so that no two are one, also in one process. */
  get token(): string {
    this.#token ??= randomUUID()
    return this.#token
  }

  get elapsed(): number {
    return Math.max(0, this.clock.now() - this.startedAt)
  }

  /** Whether anything may begin. Looks at the clock itself, because a timer waits for steps that keep the thread. */
  mayStart(): boolean {
    const isLate = this.deadline !== Infinity && this.clock.now() >= this.deadline
    if (isLate && !this.cancellation.isAborted) this.endTime()
    return !this.cancellation.isStopping
  }

  /** Cancels the run because its time is up. */
  endTime(): void {
    const words = `run "${this.key}" of workflow "${this.workflow}" did not end by its deadline; run it again to go on`
    this.cancellation.abort(new AppError(words, { code: 'run_deadline_exceeded', fate: 'retryable' }))
  }

  tell(told: Told): void {
    const { key: run, workflow, version, token: worker, round } = this
    const at = new Date(this.clock.now())
    const transition = { ...told, run, workflow, version, worker, round, at } as RunTransition
    for (const observe of this.#observers) notify(observe, transition)
  }
}
