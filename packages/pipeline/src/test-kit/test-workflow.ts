import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RunResult } from '../run/run-result.ts'
import type { RunTransition } from '../run/run-transition.ts'
import { type RunOptions, type RunSettings, runWorkflow } from '../run/run-workflow.ts'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { RunStore } from '../store/run-store.ts'
import type { AnyWorkflow, Workflow } from '../workflow/define-workflow.ts'
import type { AnyStepNode } from '../workflow/node.ts'
import { freezeDeeply } from './freeze-deeply.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

type ExecuteOf<Nodes extends readonly AnyStepNode[], Name> =
  Extract<Nodes[number]['step'], { readonly name: Name }> extends { readonly execute: infer Execute } ? Execute : never

/** What stands in for steps, by their names: functions of the same inputs, contexts and outputs. */
export type Replacements<Nodes extends readonly AnyStepNode[]> = {
  readonly [Name in Nodes[number]['step']['name']]?: ExecuteOf<Nodes, Name>
}

export interface TestWorkflowOptions<Nodes extends readonly AnyStepNode[]> {
  readonly replace?: Replacements<Nodes>
  /** A store in memory unless given, so that outputs are what they are after a crash. */
  readonly store?: RunStore
}

export interface TestedWorkflow<Given, Output> {
  readonly clock: TestClock
  readonly store: RunStore
  /** Everything that has happened, over all runs. */
  readonly transitions: readonly RunTransition[]
  /** Starts a run, or goes on with one, of key `test` unless another is given. It never throws before it is awaited. */
  run(input: Given, settings?: Partial<RunSettings>): Promise<RunResult<Output>>
  /** Moves time on and lets what falls due happen. */
  advance(ms: number): Promise<void>
  /** The transitions of nodes as words, such as `loadPrices started`, in order; of the named nodes only, if any are. */
  story(...nodes: string[]): readonly string[]
  /** Names of the nodes that were executed, in the order they ended; not those whose output was stored already. */
  executed(): readonly string[]
}

/**
 * A workflow with some steps replaced, under a clock that a test moves and with no jitter (each delay is its longest).
 * Whatever a node depends on is frozen, the run's input too, so that a step that changes it fails its test.
 * @throws AppError `unknown_step` (permanent) for a replacement of a step that the workflow has not.
 */
export function testWorkflow<Given, Output, Context, Nodes extends readonly AnyStepNode[]>(
  workflow: Workflow<Given, Output, Context, Nodes>,
  options: TestWorkflowOptions<Nodes> &
    (unknown extends Context ? { readonly context?: Context } : { readonly context: Context }),
): TestedWorkflow<Given, Output> {
  const clock = createTestClock()
  const { store = createMemoryRunStore({ clock }) } = options
  const transitions: RunTransition[] = []
  const observers = [(transition: RunTransition) => void transitions.push(transition)]
  const replaced = replaceSteps(workflow, options.replace ?? {})

  return {
    clock,
    store,
    transitions,
    run: (input, settings) => {
      const common = { key: 'test', clock, store, observers, random: () => 1, context: options.context }
      const running = runWorkflow(replaced, input, { ...common, ...settings } as RunOptions<Context>)
      running.catch(() => {})
      return running
    },
    advance: clock.advance,
    story: (...nodes) =>
      transitions.flatMap((transition) => {
        if (!('node' in transition) || (nodes.length > 0 && !nodes.includes(transition.node))) return []
        return [`${transition.node} ${transition.kind.slice('node_'.length)}`]
      }),
    executed: () => transitions.flatMap((told) => ('attempts' in told && told.attempts > 0 ? [told.node] : [])),
  }
}

function replaceSteps<W extends Pick<AnyWorkflow, 'name' | 'steps' | 'plan'>>(
  workflow: W,
  replace: Readonly<Record<string, unknown>>,
): W {
  const { plan, name } = workflow
  const known = new Set(workflow.steps.map(({ step }) => step.name))
  const unknown = Object.keys(replace).filter((step) => !known.has(step))
  if (unknown.length > 0) {
    throw new AppError(`workflow "${name}" has no step "${unknown.join('", "')}"; it has: ${[...known].join(', ')}`, {
      code: 'unknown_step',
      fate: 'permanent',
    })
  }
  const nodes = plan.nodes.map((planned) => ({ ...planned, node: forTest(planned.node, replace) }))
  return { ...workflow, plan: { ...plan, nodes } }
}

/** A node with its step replaced, if it is to be, and one that freezes the outputs it depends on before anybody reads them. */
function forTest(node: AnyStepNode, replace: Readonly<Record<string, unknown>>): AnyStepNode {
  const { step } = node
  const execute = Object.hasOwn(replace, step.name) ? replace[step.name] : undefined
  const when = (values: Readonly<Record<string, unknown>>) => {
    for (const output of Object.values(values)) freezeDeeply(output)
    return node.when?.(values as never) ?? true
  }
  return { ...node, when, step: execute === undefined ? step : { ...step, execute: execute as never } }
}
