import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { AnyNode, AnyStepNode, Dependencies } from './node.ts'
import { type Edge, INPUT, type Plan, type PlannedNode } from './plan.ts'

interface Graph {
  readonly workflow: string
  readonly input: AnyNode
  readonly steps: readonly AnyStepNode[]
  readonly output: AnyNode
}

/**
 * Turns the nodes of a definition into a plan.
 * @throws AppError (permanent) that names the nodes: `missing_dependency`, `workflow_cycle`, `unreachable_node`.
 */
export function planWorkflow(graph: Graph): Plan {
  const places = new Map<AnyNode, number>(graph.steps.map((node, place) => [node, place]))
  places.set(graph.input, INPUT)

  const toEdges = (node: AnyStepNode, dependencies: Dependencies): Edge[] =>
    Object.entries(dependencies).map(([key, dependency]) => {
      const from = places.get(dependency)
      if (from !== undefined) return { key, from }
      const words = `node "${node.name}" depends on "${dependency.name}" (as "${key}"), which is not among the steps`
      throw refusal(graph, 'missing_dependency', `${words}; add it there`)
    })

  const edges = graph.steps.map((node) => ({
    node,
    after: toEdges(node, node.after),
    optional: toEdges(node, node.optional),
  }))
  const dependents: number[][] = graph.steps.map(() => [])
  const nodes: PlannedNode[] = edges.map(({ node, after, optional }, place) => {
    const sources = [...after, ...optional].filter(({ from }) => from !== INPUT)
    for (const { from } of sources) dependents[from]?.push(place)
    return { node, after, optional, dependents: dependents[place] as number[], waitsFor: sources.length }
  })

  const output = places.get(graph.output)
  if (output === undefined || output === INPUT) {
    throw refusal(graph, 'missing_dependency', `its output "${graph.output.name}" is not among the steps; add it there`)
  }
  refuseCycles(graph, nodes)
  refuseUnreachable(graph, nodes, output)
  return { nodes, output }
}

/** Takes away nodes that wait for nothing until none is left (Kahn 1962); what remains stands in or behind a cycle. */
function refuseCycles(graph: Graph, nodes: readonly PlannedNode[]): void {
  const waiting = nodes.map(({ waitsFor }) => waitsFor)
  const free = nodes.flatMap(({ waitsFor }, place) => (waitsFor === 0 ? [place] : []))
  for (const place of free) {
    for (const dependent of nodes[place]?.dependents ?? []) {
      const left = (waiting[dependent] ?? 0) - 1
      waiting[dependent] = left
      if (left === 0) free.push(dependent)
    }
  }
  if (free.length === nodes.length) return
  const freed = new Set(free)
  const cycle = findCycle(nodes, new Set([...nodes.keys()].filter((place) => !freed.has(place))))
  throw refusal(graph, 'workflow_cycle', `its nodes wait for each other in a circle: ${cycle}; take one edge out`)
}

/** Follows dependencies among nodes that all wait for one of them, until one comes again. */
function findCycle(nodes: readonly PlannedNode[], stuck: ReadonlySet<number>): string {
  const path: number[] = []
  let place = Math.min(...stuck)
  while (!path.includes(place)) {
    path.push(place)
    const { after, optional } = nodes[place] as PlannedNode
    place = [...after, ...optional].map(({ from }) => from).find((from) => stuck.has(from)) as number
  }
  const circle = [...path.slice(path.indexOf(place)), place]
  return circle.map((at) => `"${nodes[at]?.node.name}"`).join(' after ')
}

function refuseUnreachable(graph: Graph, nodes: readonly PlannedNode[], output: number): void {
  const leading = new Set([output])
  for (const place of leading) {
    const { after, optional } = nodes[place] as PlannedNode
    for (const { from } of [...after, ...optional]) if (from !== INPUT) leading.add(from)
  }
  const names = nodes.flatMap(({ node }, place) => (leading.has(place) ? [] : [`"${node.name}"`]))
  if (names.length === 0) return
  const words = `no way leads from ${names.join(', ')} to the output "${graph.output.name}", so the results are for nobody`
  throw refusal(graph, 'unreachable_node', `${words}; make them dependencies of the output or take them out`)
}

function refusal({ workflow }: Graph, code: string, words: string): AppError {
  return new AppError(`workflow "${workflow}": ${words}`, { code, fate: 'permanent' })
}
