import type { AnyStepNode } from '../workflow/node.ts'
import type { NodeExecution } from './node-execution.ts'

/** Which item of a fan-out. */
export interface FanOutItem {
  /** In the list. */
  readonly place: number
  /** The step's own idempotency key for what is made of the item. */
  readonly stepKey: string
  /** How many items before it have the same key. */
  readonly occurrence: number
}

export type AnyFanOutNode = AnyStepNode & { readonly kind: 'fan_out' }

/** How far a fan-out has come within a run. */
export class FanOutRun {
  readonly node: AnyFanOutNode
  /** What the node's functions are called with. */
  readonly values: Readonly<Record<string, unknown>>
  readonly items: readonly unknown[]
  /** In the order of the items. */
  readonly outputs: unknown[]
  readonly startedAt: number
  /** Whether an item failed or was cancelled, which was recorded under its own name. */
  isBroken = false
  /** The most that one item took. */
  attempts = 0
  /** The item that is started next. */
  #next = 0
  #underWay = 0
  #left: number
  readonly #occurrences = new Map<string, number>()
  #executed = 0

  constructor(
    node: AnyFanOutNode,
    values: Readonly<Record<string, unknown>>,
    items: readonly unknown[],
    startedAt: number,
  ) {
    this.node = node
    this.values = values
    this.items = items
    this.outputs = new Array(items.length)
    this.startedAt = startedAt
    this.#left = items.length
  }

  /** Whether as many items are under way as may be. */
  get isFull(): boolean {
    return this.#underWay >= this.node.concurrency
  }

  /** Whether the item that is started next is the last one. */
  get isLastNext(): boolean {
    return this.#next === this.items.length - 1
  }

  get isDone(): boolean {
    return this.#left === 0
  }

  /** Whether all outputs were taken from the store. */
  get isMemoised(): boolean {
    return this.items.length > 0 && this.#executed === 0
  }

  /** The place of the item that begins now. */
  start(): number {
    this.#underWay += 1
    this.#next += 1
    return this.#next - 1
  }

  /** Names an item by its step's key. To be asked in the order of the items. */
  identify(place: number, stepKey: string): FanOutItem {
    const occurrence = this.#occurrences.get(stepKey) ?? 0
    this.#occurrences.set(stepKey, occurrence + 1)
    return { place, stepKey, occurrence }
  }

  complete(item: number, output: unknown, { isMemoised, attempts }: NodeExecution): void {
    this.outputs[item] = output
    this.#underWay -= 1
    this.#left -= 1
    this.attempts = Math.max(this.attempts, attempts)
    if (!isMemoised) this.#executed += 1
  }
}
