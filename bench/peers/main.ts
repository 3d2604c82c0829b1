import { parseArgs } from 'node:util'
import { type IngestBench, openIngestBench } from '../ingest-bench.ts'
import { describeLoad, interleave, medianLoad } from '../interleave.ts'
import { median } from '../median.ts'
import { buildBento, NoGo } from './build-bento.ts'
import { startBento } from './start-bento.ts'

/**
 * `npm run bench:peers`: ingest beside Bento as a webhook receiver (bento/ingest.yaml), loaded in turn by the same
 * generator over the same broker; the medians of the rounds count. See README.md for what each of the two does.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    connections: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
})

try {
  const program = await buildBento()
  const bench = await openIngestBench()
  try {
    await compare(bench, program)
  } finally {
    await bench.close()
  }
} catch (error) {
  if (!(error instanceof NoGo)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function compare(bench: IngestBench, program: string): Promise<void> {
  const bento = await startBento(bench, program)
  try {
    const servers = { bento, ingest: await bench.startIngest() }
    const { rounds, seconds, connections } = flags
    const measured = await interleave(bench, servers, {
      rounds: Number(rounds),
      seconds: Number(seconds),
      connections: Number(connections),
    })
    report(measured)
  } finally {
    await bento.stop()
  }
}

function report(rounds: Awaited<ReturnType<typeof interleave<'bento' | 'ingest'>>>): void {
  const ratioOf = (figure: 'acceptedPerSecond' | 'p99Ms') =>
    median(rounds.map(({ ingest, bento }) => ingest[figure] / bento[figure]))
  const bento = medianLoad(rounds.map((round) => round.bento))
  const ingest = medianLoad(rounds.map((round) => round.ingest))
  console.log(`
${flags.connections} connections, medians of ${rounds.length} interleaved rounds
Bento, de-duplication in memory  ${describeLoad(bento)}
ingest                           ${describeLoad(ingest)}
ratio of what is accepted        ${ratioOf('acceptedPerSecond').toFixed(2)}
ratio of p99                     ${ratioOf('p99Ms').toFixed(2)}`)
  if (!flags.json) return
  console.log(
    JSON.stringify({
      acceptedPerSecond: Math.round(ingest.acceptedPerSecond),
      bentoPerSecond: Math.round(bento.acceptedPerSecond),
      ratioToBento: Number(ratioOf('acceptedPerSecond').toFixed(3)),
      p99Ms: ingest.p99Ms,
      bentoP99Ms: bento.p99Ms,
      p99RatioToBento: Number(ratioOf('p99Ms').toFixed(3)),
    }),
  )
}
