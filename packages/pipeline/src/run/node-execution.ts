import type { Clock } from '../clock.ts'
import type { Cancellation } from '../execution/cancellation.ts'
import type { StepWork } from '../execution/step-work.ts'
import { generateIdempotencyKey } from '../generate-idempotency-key.ts'
import type { AnyStep, AroundAttempt } from '../step.ts'
import type { StepFailure } from '../step-failure.ts'
import type { AnyStepNode } from '../workflow/node.ts'
import type { FanOutItem } from './fan-out-run.ts'
import type { RunScope } from './run-scope.ts'

/** One execution of a step by a node of a run; of a fan-out, for one item. */
export class NodeExecution implements StepWork {
  readonly scope: RunScope
  /** The node's place in the plan. */
  readonly place: number
  /** The item's place in its list; -1 where the node is no fan-out. */
  readonly item: number
  /** The node's name; of a fan-out, with the item's place. */
  readonly name: string
  /**
   * What names it in the store and to providers, together with the step's own key: as `name`, but of a fan-out with how
   * many items before it have the same key. So a list that comes in another order when a run is resumed changes nothing.
   */
  readonly identity: string
  /** The step's own key for this input. */
  readonly #stepKey: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the wiring has checked that input and context fit
  readonly step: AnyStep<any>
  readonly input: unknown
  readonly isReadBack: boolean
  readonly startedAt: number
  attempts = 0
  firstAttemptAt = 0
  /** Whether the output was taken from the store. */
  isMemoised = false

  constructor(scope: RunScope, place: number, node: AnyStepNode, input: unknown, item?: FanOutItem) {
    this.scope = scope
    this.place = place
    this.item = item?.place ?? -1
    this.name = item === undefined ? node.name : `${node.name}[${item.place}]`
    this.identity = item === undefined ? node.name : `${node.name}[${item.occurrence}]`
    this.#stepKey = item?.stepKey
    this.step = node.step
    this.input = input
    const isStored = node.memoise && scope.store !== undefined
    this.isReadBack = !isStored && (node.memoise || node.step.output !== undefined)
    this.startedAt = scope.clock.now()
  }

  get stepKey(): string {
    return this.#stepKey ?? this.step.idempotencyKey(this.input)
  }

  get run(): string {
    return this.scope.key
  }

  get around(): AroundAttempt | undefined {
    return this.scope.around
  }

  get context(): unknown {
    return this.scope.context
  }

  get clock(): Clock {
    return this.scope.clock
  }

  get random(): () => number {
    return this.scope.random
  }

  get cancellation(): Cancellation {
    return this.scope.cancellation
  }

  get deadline(): number {
    return this.scope.deadline
  }

  get idempotencyKey(): string {
    const { key, workflow } = this.scope
    return generateIdempotencyKey(workflow, key, this.identity, this.stepKey)
  }

  get duration(): number {
    return Math.max(0, this.scope.clock.now() - this.startedAt)
  }

  mayStart(): boolean {
    return this.scope.mayStart()
  }

  onRetry(delayMs: number, { code, fate, message }: StepFailure): void {
    const { scope, name: node, attempts: attempt } = this
    const step = this.step.name
    if (scope.isObserved) scope.tell({ kind: 'node_retrying', node, step, attempt, delayMs, code, fate, message })
  }
}
