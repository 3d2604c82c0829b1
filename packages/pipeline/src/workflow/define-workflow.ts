import type { z } from 'zod'
import type { Jsonify } from '../json/jsonify.ts'
import { checkDefinition } from './check-definition.ts'
import type { AnyStepNode, ContextOfNode, InputNode, OutputOfNode } from './node.ts'
import type { Plan } from './plan.ts'
import { planWorkflow } from './plan-workflow.ts'

/** Never there when a program runs. */
declare const TYPES: unique symbol

/** What a workflow needs from outside: what each of its nodes needs. */
export type ContextOfNodes<Nodes extends readonly unknown[]> = {
  [K in keyof Nodes]: (context: ContextOfNode<Nodes[K]>) => void
}[number] extends (context: infer Context) => void
  ? Context
  : never

/** What a run returns: what the schema of its last step, or JSON, makes of that one's output. */
type ResultOf<Last> = Last extends { readonly step: { readonly output: z.ZodType } }
  ? OutputOfNode<Last>
  : Jsonify<OutputOfNode<Last>>

/** What becomes of a run that was begun by a definition of another version. */
export type OnVersionChange<Given, Output, Context> =
  /**
   * Begun by a version that `from` lists, it begins anew by this definition. What nodes of that version returned is
   * forgotten, but for steps that are not retryable: none of those is executed twice. List earlier versions only: while
   * processes of both run, the one that lists the other takes its runs over. Any other is `workflow_version_unknown`.
   */
  | { readonly kind: 'restart'; readonly from: readonly string[] }
  /** It is finished by the definition it began with; one that is not listed is `workflow_version_unknown`. */
  | { readonly kind: 'finish'; readonly earlier: readonly Workflow<Given, Output, Context>[] }

export interface Repeat<Output> {
  /** Whether the nodes are run once more. Those that are memoised and get the same input are not executed again. */
  readonly while: (output: Output) => boolean
  /** How often they are run at most; then the run fails with `rounds_exhausted` (retryable). */
  readonly maxRounds: number
}

/** What a workflow is, in one value; `defineWorkflow` says what each part means. */
export interface WorkflowDefinition<Given, Nodes extends readonly AnyStepNode[], Last extends Nodes[number]> {
  readonly name: string
  /** Change it when a run begun by the former definition could not go on by this one. */
  readonly version: string
  readonly input: InputNode<Given, unknown>
  /** In the order in which nodes that are ready at once are started. */
  readonly steps: Nodes
  /** The node whose output is the workflow's; every other node leads to it. */
  readonly output: Last
  /** For a whole run, in milliseconds; past it the run fails with `run_deadline_exceeded` (retryable). */
  readonly timeout?: number
  /** Steps of one run under way at once, items of fan-outs included; no limit unless given. */
  readonly concurrency?: number
  /** Unless given, a run of another version is left alone: `workflow_version_unknown`. */
  readonly onVersionChange?: OnVersionChange<Given, ResultOf<Last>, ContextOfNodes<Nodes>>
  /** What a finished run is called in the store; `completed` unless given. Never `running` or `failed`. */
  readonly statusOf?: (output: OutputOfNode<Last>) => string
  readonly repeat?: Repeat<OutputOfNode<Last>>
}

/** A definition that was checked, ready to run. */
export interface Workflow<Given, Output, Context, Nodes extends readonly AnyStepNode[] = readonly AnyStepNode[]> {
  readonly name: string
  readonly version: string
  readonly input: InputNode<Given, unknown>
  readonly steps: Nodes
  readonly output: AnyStepNode
  readonly timeout: number
  readonly concurrency: number
  readonly onVersionChange:
    | { readonly kind: 'restart'; readonly from: readonly string[] }
    | { readonly kind: 'finish'; readonly earlier: readonly Workflow<Given, Output, Context>[] }
  readonly statusOf: (output: never) => string
  readonly repeat: Repeat<never> | undefined
  readonly plan: Plan
  readonly [TYPES]?: (context: Context) => Output
}

// biome-ignore lint/suspicious/noExplicitAny: workflows of unlike inputs, outputs and contexts have no common type
export type AnyWorkflow = Workflow<any, any, any>

/**
 * Makes a workflow of its nodes. Its context is what all steps need together.
 * @throws AppError (permanent) in words that name the nodes: `invalid_workflow` (a name, a number, no steps, another
 * workflow's versions, a step that must not be repeated and is not memoised),
 * `duplicate_node`, `missing_dependency`, `workflow_cycle`, `unreachable_node`, `invalid_step`.
 */
export function defineWorkflow<Given, const Nodes extends readonly AnyStepNode[], Last extends Nodes[number]>(
  definition: WorkflowDefinition<Given, Nodes, Last>,
): Workflow<Given, ResultOf<Last>, ContextOfNodes<Nodes>, Nodes> {
  const { name, version, input, steps, output, repeat } = definition
  const { timeout = Infinity, concurrency = Infinity, statusOf = () => 'completed' } = definition
  const { onVersionChange = { kind: 'finish', earlier: [] } } = definition
  const earlier = onVersionChange.kind === 'finish' ? onVersionChange.earlier : []
  checkDefinition({ name, version, steps, timeout, concurrency, maxRounds: repeat?.maxRounds, earlier })
  const plan = planWorkflow({ workflow: name, input, steps, output })
  return { name, version, input, steps, output, timeout, concurrency, onVersionChange, statusOf, repeat, plan }
}
