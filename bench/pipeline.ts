import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import { runWorkflow } from '@buyer-group/pipeline/run/run-workflow.ts'
import { createMemoryRunStore } from '@buyer-group/pipeline/store/memory-run-store.ts'
import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import { median } from './median.ts'
import { measureMongodb } from './pipeline-mongodb.ts'
import { type BenchShape, CHAIN, SHAPES } from './pipeline-workflows.ts'
import { stackAddresses } from './stack-addresses.ts'

/**
 * `npm run bench:pipeline`: how many nodes a second the workflow engine executes, in one process, beside the same calls
 * awaited by hand. Steps do next to nothing, so that what is measured is the engine:
 * - `plain`: no store;
 * - `stored`: every node is memoised in the store in memory: claimed, executed, its output written as JSON and read back;
 * - on MongoDB: the same with the MongoDB store and many runs side by side, beside bare bulk writes of the very documents
 *   that the runs left behind (bench/pipeline-mongodb.ts).
 * All take turns in every round, so the ratios hold on a machine that drifts; the medians of the rounds count.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    nodes: { type: 'string', default: '200000' },
    'mongodb-runs': { type: 'string', default: '2000' },
    'no-mongodb': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(flags.rounds)

/** Runs side by side: enough that none waits for another's turn of the event loop. */
const SIDE_BY_SIDE = 16

type Figures = { bare: number[]; plain: number[]; stored: number[] }

const figures = new Map<BenchShape, Figures>(SHAPES.map((shape) => [shape, { bare: [], plain: [], stored: [] }]))
for (let round = 0; round <= rounds; round += 1) {
  for (const [shape, { bare, plain, stored }] of figures) {
    const measured = await measure(shape)
    // The first round is for the compiler.
    if (round === 0) continue
    bare.push(measured.bare)
    plain.push(measured.plain)
    stored.push(measured.stored)
  }
}

console.log(`nodes a second, medians of ${rounds} rounds of ${flags.nodes} nodes each; steps that return a promise`)
const shapes = Object.fromEntries([...figures].map(([shape, measured]) => [shape.name, report(shape, measured)]))
const mongodb = flags['no-mongodb']
  ? undefined
  : await measureMongodb(stackAddresses(process.env).MONGODB_URI, CHAIN, Number(flags['mongodb-runs']), rounds)
if (flags.json) {
  const { plain, stored } = shapes[CHAIN.name] as { plain: number; stored: number }
  console.log(
    JSON.stringify({ nodesPerSecond: plain, memoisedNodesPerSecond: stored, shapes, mongodb: mongodb ?? null }),
  )
}

async function measure(shape: BenchShape) {
  const workflow = shape.workflow()
  const store = createMemoryRunStore()
  const run = (store?: RunStore) => async (n: number) => {
    const key = `run-${n}`
    await runWorkflow(workflow, 0, store === undefined ? { key } : { key, store })
  }
  const { output } = await runWorkflow(workflow, 0, { key: 'check' })
  assert.deepEqual(output, await shape.bare(), `${shape.name} returns what the calls by hand return`)
  return {
    bare: await nodesPerSecond(shape, async () => void (await shape.bare())),
    plain: await nodesPerSecond(shape, run()),
    stored: await nodesPerSecond(shape, run(store)),
  }
}

async function nodesPerSecond({ nodes }: BenchShape, run: (n: number) => Promise<void>): Promise<number> {
  const runs = Math.ceil(Number(flags.nodes) / nodes)
  let next = 0
  const worker = async () => {
    while (next < runs) {
      const n = next
      next += 1
      await run(n)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
  return (runs * nodes * 1_000) / (performance.now() - startedAt)
}

function report({ name }: BenchShape, measured: Figures) {
  const [bare, plain, stored] = [measured.bare, measured.plain, measured.stored].map(median) as [number, number, number]
  const ratio = (figure: number) => (figure / bare).toFixed(4)
  console.log(`${name}`)
  console.log(`  bare calls  ${perSecond(bare)}`)
  console.log(`  plain       ${perSecond(plain)}, ${ratio(plain)} of bare calls`)
  console.log(`  stored      ${perSecond(stored)}, ${ratio(stored)} of bare calls`)
  return { bare: Math.round(bare), plain: Math.round(plain), stored: Math.round(stored) }
}

function perSecond(figure: number): string {
  return `${Math.round(figure).toLocaleString('en-GB')}/s`
}
