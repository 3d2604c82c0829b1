import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { Cancellation } from '../execution/cancellation.ts'
import type { RunStore, StoredStep } from '../store/run-store.ts'
import type { RunObserver, RunTransition } from './run-transition.ts'

type Common = 'run' | 'workflow' | 'version' | 'at'
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
  readonly startedAt: number
  /** By the clock; Infinity for none. */
  readonly deadline: number
  readonly cancellation = new Cancellation()
  /** How every node went, over all rounds, in the order they ended. */
  readonly records: StoredStep[] = []
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
    this.startedAt = options.startedAt
    this.deadline = options.deadline
    this.#observers = options.observers
    this.isObserved = options.observers.length > 0
  }

  /** Which worker claims nodes: random, so that no two are one, also in one process. */
  get token(): string {
    this.#token ??= randomUUID()
    return this.#token
  }

  get elapsed(): number {
    return Math.max(0, this.clock.now() - this.startedAt)
  }

  tell(told: Told): void {
    const { key: run, workflow, version } = this
    const transition = { ...told, run, workflow, version, at: new Date(this.clock.now()) } as RunTransition
    for (const observe of this.#observers) {
      try {
        observe(transition)
      } catch {
        // An observer never harms a run.
      }
    }
  }
}
