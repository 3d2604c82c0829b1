import type { z } from 'zod'
import type { Jsonify } from '../json/jsonify.ts'
import type { AnyStep, InputOf, OutputOf } from '../step.ts'

/** Never there when a program runs: it carries the types from a node to those that depend on it. */
declare const TYPES: unique symbol

/**
 * One place in a workflow. Others name it as a value among what they depend on, so that the types flow along and a
 * wiring that does not fit does not compile.
 */
interface Typed<Output, Context> {
  readonly name: string
  readonly [TYPES]?: (context: Context) => Output
}

/** Other nodes, under the names by which this one calls their outputs. */
export type Dependencies = Readonly<Record<string, AnyNode>>

/** What a run is started with. */
export interface InputNode<Given, Output> extends Typed<Output, unknown> {
  readonly kind: 'input'
  readonly schema: z.ZodType<Output, Given>
}

interface Wired {
  /** The nodes whose outputs it needs: skipped where one of them was. */
  readonly after: Dependencies
  /** Nodes that it waits for and whose outputs it takes if they were not skipped. */
  readonly optional: Dependencies
  /** Skipped where this says false of the outputs it depends on. */
  readonly when: ((values: never) => boolean) | undefined
  /** False where it is computed again when a run is resumed: pure or cheap. */
  readonly memoise: boolean
}

/** One execution of a step. */
export interface StepNode<S, Output, Context> extends Wired, Typed<Output, Context> {
  readonly kind: 'step'
  readonly step: S
  readonly input: ((values: never) => unknown) | undefined
}

/** One execution of a step for each item of a list; its output is the list of theirs, in the order of the items. */
export interface FanOutNode<S, Output, Context> extends Wired, Typed<Output, Context> {
  readonly kind: 'fan_out'
  readonly step: S
  readonly over: (values: never) => readonly unknown[]
  /** Items under way at once. */
  readonly concurrency: number
  readonly input: (item: never, values: never, index: number) => unknown
}

/** A node of which only name and types matter. */
export type AnyNode = Typed<unknown, never>

/** Nodes that execute a step. */
// biome-ignore lint/suspicious/noExplicitAny: outputs and contexts of unlike nodes have no common type; wirings check them
export type AnyStepNode = StepNode<AnyStep<any>, any, any> | FanOutNode<AnyStep<any>, any, any>

export type OutputOfNode<N> = N extends { readonly [TYPES]?: (context: never) => infer Output } ? Output : never

export type ContextOfNode<N> = N extends { readonly [TYPES]?: (context: infer Context) => unknown } ? Context : never

type ContextOfStep<S> = S extends { readonly execute: (input: never, context: infer Context, run: never) => unknown }
  ? Context
  : never

/** What a node's functions are called with: the outputs of those it depends on. */
export type Values<After, Optional> = {
  readonly [Key in keyof After]: OutputOfNode<After[Key]>
} & {
  readonly [Key in keyof Optional]: OutputOfNode<Optional[Key]> | undefined
}

/** What one execution hands on: what the step's schema reads; without one, where it is memoised, what JSON makes of it. */
type Outcome<S, Memoise> = S extends { readonly output: z.ZodType }
  ? OutputOf<S>
  : Memoise extends false
    ? OutputOf<S>
    : Jsonify<OutputOf<S>>

/** Every key of whatever a step may take. */
type KeysOf<Input> = Input extends unknown ? keyof Input : never

/**
 * Whether the outputs are a step's input as they are: of its type, and with nothing that it may take missing while they hold
 * something that it does not know, which is a dependency under a wrong name.
 */
type Fits<Given, Input> = Given extends Input
  ? [Exclude<KeysOf<Input>, keyof Given>] extends [never]
    ? true
    : keyof Given extends KeysOf<Input>
      ? true
      : false
  : false

interface Wiring<S, After, Optional, Memoise> {
  readonly step: S
  /** The step's name unless given; unique within a workflow. */
  readonly name?: string
  readonly after?: After
  readonly optional?: Optional
  readonly when?: (values: Values<After, Optional>) => boolean
  readonly memoise?: Memoise
}

/** `input` may be left out where the outputs together are the step's input already. */
type StepWiring<S, After, Optional, Memoise> = Wiring<S, After, Optional, Memoise> &
  (Fits<Values<After, Optional>, InputOf<S>> extends true
    ? { readonly input?: (values: Values<After, Optional>) => InputOf<S> }
    : { readonly input: (values: Values<After, Optional>) => InputOf<S> })

interface FanOutWiring<S, After, Optional, Item, Memoise> extends Wiring<S, After, Optional, Memoise> {
  readonly over: (values: Values<After, Optional>) => readonly Item[]
  readonly concurrency: number
  readonly input: (item: Item, values: Values<After, Optional>, index: number) => InputOf<S>
}

/** The begin of a workflow: what it is started with, checked and read by a schema (`invalid_workflow_input`). */
export function workflowInput<Given, Output>(schema: z.ZodType<Output, Given>): InputNode<Given, Output> {
  return { kind: 'input', name: 'input', schema }
}

/**
 * A step in its place in a workflow.
 * - `after`: the nodes whose outputs it needs; `optional`: those it waits for and may have to do without.
 * - `when`: false of these outputs skips it, and whatever needs it.
 * - `input`: the step's input, made of these outputs; left out, the step gets the outputs as they are.
 * - `memoise`: whether its output is stored, so that it is never executed again for its run. True unless given. Dependents
 *   then see what JSON makes of the output, or the step's `output` schema of that, whether the run has a store or not.
 *
 * An output is shared by all that depend on it, so nobody may change it.
 */
export function node<
  S extends AnyStep<never>,
  After extends Dependencies = Record<never, never>,
  Optional extends Dependencies = Record<never, never>,
  const Memoise extends boolean = true,
>(wiring: StepWiring<S, After, Optional, Memoise>): StepNode<S, Outcome<S, Memoise>, ContextOfStep<S>> {
  return { kind: 'step', ...wired(wiring), input: wiring.input }
}

/**
 * A step that is executed once for each item of a list that `over` makes of the outputs it depends on, at most
 * `concurrency` at once. `input` makes the step's input of an item; otherwise as `node`. Write `over` before `input`: the
 * compiler takes the item's type from it.
 */
export function fanOut<
  S extends AnyStep<never>,
  Item,
  After extends Dependencies = Record<never, never>,
  Optional extends Dependencies = Record<never, never>,
  const Memoise extends boolean = true,
>(wiring: FanOutWiring<S, After, Optional, Item, Memoise>): FanOutNode<S, Outcome<S, Memoise>[], ContextOfStep<S>> {
  const { over, concurrency, input } = wiring
  return { kind: 'fan_out', ...wired(wiring), over, concurrency, input }
}

function wired<S extends AnyStep<never>, After extends Dependencies, Optional extends Dependencies>(
  wiring: Wiring<S, After, Optional, boolean>,
) {
  const { step, name = step.name, after = {}, optional = {}, when, memoise = true } = wiring
  return { step, name, after, optional, when, memoise }
}
