import type { AnyStepNode } from './node.ts'

/** Stands for the workflow's input among the places of nodes. */
export const INPUT = -1

/** One output that a node depends on: the name it has there and the place of the node it comes from, or `INPUT`. */
export interface Edge {
  readonly key: string
  readonly from: number
}

/** A node with its dependencies as places in the definition's order, as a run walks them. */
export interface PlannedNode {
  readonly node: AnyStepNode
  readonly after: readonly Edge[]
  readonly optional: readonly Edge[]
  /** Places of the nodes that wait for this one; twice where it is depended on under two names. */
  readonly dependents: readonly number[]
  /** How many edges lead here from other nodes. */
  readonly waitsFor: number
}

export interface Plan {
  /** In the order of the definition. */
  readonly nodes: readonly PlannedNode[]
  /** The place of the node whose output is the workflow's. */
  readonly output: number
}
