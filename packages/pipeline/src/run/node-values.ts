import { type Edge, INPUT, type PlannedNode } from '../workflow/plan.ts'

/** Stands for the output of a node that was skipped. */
export const SKIPPED = Symbol('skipped')

/** What a node's functions are called with: outputs, under the names that the node has for them. */
export type NodeValues = Readonly<Record<string, unknown>>

/** The outputs of one walk, by the places of their nodes, and the workflow's input. */
export class NodeOutputs {
  readonly #input: unknown
  readonly #outputs: unknown[]

  constructor(input: unknown, count: number) {
    this.#input = input
    this.#outputs = new Array(count)
  }

  at(place: number): unknown {
    return place === INPUT ? this.#input : this.#outputs[place]
  }

  set(place: number, output: unknown): void {
    this.#outputs[place] = output
  }

  /** Whether something that a node needs was skipped. */
  isShort({ after }: PlannedNode): boolean {
    for (const { from } of after) if (this.at(from) === SKIPPED) return true
    return false
  }

  valuesOf({ after, optional }: PlannedNode): NodeValues {
    const values: Record<string, unknown> = {}
    for (const { key, from } of after) values[key] = this.at(from)
    for (const edge of optional) values[edge.key] = this.#ifThere(edge)
    return values
  }

  #ifThere({ from }: Edge): unknown {
    const output = this.at(from)
    return output === SKIPPED ? undefined : output
  }
}
