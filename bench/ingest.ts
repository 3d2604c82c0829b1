import { parseArgs } from 'node:util'
import { collectFlameGraph, type Profiling } from './collect-flame-graph.ts'
import { type IngestBench, openIngestBench } from './ingest-bench.ts'
import { type Compared, report } from './ingest-report.ts'
import { soak } from './ingest-soak.ts'
import { interleave } from './interleave.ts'

/**
 * `npm run bench:ingest`: how many events a second ingest accepts (verified, validated, de-duplicated, published with
 * acks=all), beside a bare node:http server that only verifies the same signature, and the same through Express. All are
 * loaded in turn, so the ratios hold on a machine that drifts; the medians of the rounds count. Then ingest alone at
 * 1,000 events a second, as a provider on an ordinary day.
 *
 * `--flame FILE.svg` leaves a flame graph of ingest there; the figures are lower meanwhile. `--soak` sends 5,000 events a
 * second for ten minutes (`--minutes N`) instead and prints the memory at every tenth; Kafka keeps about 3 GB meanwhile.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    flame: { type: 'string' },
    soak: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
})
const connections = Number(flags.connections)

/** Ten times a provider's busiest minute; far below what a process takes. */
const LIGHT_PER_SECOND = 1_000

const bench = await openIngestBench()
try {
  if (flags.soak) await soak(bench, { minutes: Number(flags.minutes), connections, json: flags.json })
  else {
    const { flame } = flags
    const compared = await (flame === undefined
      ? compare(bench)
      : collectFlameGraph(flame, (profiling) => compare(bench, profiling)))
    report(compared, { connections, json: flags.json })
  }
} finally {
  await bench.close()
}

async function compare(bench: IngestBench, profiling?: Profiling): Promise<Compared> {
  const seconds = Number(flags.seconds)
  const servers = {
    'verify only': await bench.startVerifyOnly('bare'),
    express: await bench.startVerifyOnly('express'),
    ingest: await bench.startIngest(...(profiling?.nodeFlags ?? [])),
  }
  profiling?.onReady()
  const rounds = await interleave(bench, servers, { rounds: Number(flags.rounds), seconds, connections })
  const light = await bench.load(servers.ingest, { seconds, connections, rate: LIGHT_PER_SECOND })
  await servers.ingest.stop()
  return { rounds, light }
}
