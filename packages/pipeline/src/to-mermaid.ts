import type { AnyWorkflow } from './workflow/define-workflow.ts'
import { INPUT, type PlannedNode } from './workflow/plan.ts'

/**
 * A workflow as a Mermaid flowchart, for Markdown (https://mermaid.js.org/syntax/flowchart.html). Nodes stand in the order
 * of the definition: a condition is a diamond before its node, a fan-out a box with double sides and its limit, an optional
 * dependency a dashed arrow; a node whose output is stored has a thick border. Equal definitions give equal text.
 */
export function toMermaid({ plan }: Pick<AnyWorkflow, 'plan'>): string {
  const lines = ['flowchart TD', '  input([input])']
  for (const [place, planned] of plan.nodes.entries()) lines.push(...describeNode(place, planned))
  lines.push('  output([output])', `  n${plan.output} --> output`)
  const stored = plan.nodes.flatMap(({ node }, place) => (node.memoise ? [`n${place}`] : []))
  if (stored.length > 0) lines.push('  classDef stored stroke-width:3px', `  class ${stored.join()} stored`)
  return `${lines.join('\n')}\n`
}

function describeNode(place: number, { node, after, optional }: PlannedNode): string[] {
  const id = `n${place}`
  const name = node.name === node.step.name ? node.name : `${node.name}: ${node.step.name}`
  const shape = node.kind === 'fan_out' ? `[[${quote(`${name}, ${atOnce(node.concurrency)}`)}]]` : `[${quote(name)}]`
  const isConditional = node.when !== undefined
  const entry = isConditional ? `${id}_if` : id
  return [
    `  ${id}${shape}`,
    ...(isConditional ? [`  ${entry}{if?}`, `  ${entry} -- yes --> ${id}`] : []),
    ...after.map(({ from }) => `  ${idOf(from)} --> ${entry}`),
    ...optional.map(({ from }) => `  ${idOf(from)} -.-> ${entry}`),
  ]
}

const idOf = (place: number): string => (place === INPUT ? 'input' : `n${place}`)

const atOnce = (concurrency: number): string => (concurrency === Infinity ? 'all at once' : `${concurrency} at once`)

/** Mermaid ends a text at a quote and reads `#` as the begin of an entity; both are written as entities. */
function quote(text: string): string {
  return `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll(/\s+/g, ' ')}"`
}
