import { parseArgs } from 'node:util'
import { runSeed } from './run-seed.ts'

/** Lines of a trace that are printed of a seed that fails; `--trace` prints all. */
const SHOWN = 80

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
const first = values.seed === undefined ? Math.floor(Date.now() / 1_000) % 1_000_000_000 : Number(values.seed)
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(first)) {
  console.error('usage: npm run test:sim -- [--runs N] [--seed S] [--trace], with whole numbers')
  process.exit(64)
}

const startedAt = performance.now()
let failed = 0
for (let seed = first; seed < first + runs && failed < 3; seed += 1) {
  const { violations } = await runSeed(seed)
  if (violations.length === 0 && !values.trace) continue
  const { trace } = await runSeed(seed, { isTraced: true })
  failed += violations.length === 0 ? 0 : 1
  const shown = values.trace ? trace : trace.slice(-SHOWN)
  if (shown.length < trace.length) console.log(`... ${trace.length - shown.length} steps before`)
  console.log(shown.join('\n'))
  console.log(`seed ${seed}: ${violations.length === 0 ? 'all invariants hold' : violations.join('\n')}`)
  if (violations.length > 0) console.log(`replay it: npm run test:sim -- --runs 1 --seed ${seed} --trace\n`)
}
const minutes = (performance.now() - startedAt) / 60_000
console.log(`seeds ${first} and on: ${failed} failed, ${Math.round(runs / minutes)} runs a minute`)
process.exitCode = failed === 0 ? 0 : 1
