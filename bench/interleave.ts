import type { IngestBench } from './ingest-bench.ts'
import { isAccepted, type Load } from './load.ts'
import { median } from './median.ts'
import type { ServerProcess } from './server-process.ts'

const WARM_UP_SECONDS = 2

/** More than a server takes, by its rate so far: a machine that drifts may be faster later. */
const PREPARED_FACTOR = 1.5

export interface Rounds {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
}

/**
 * Warms servers up and then loads them in turn, round after round, so that what holds between them holds on a machine
 * that drifts. The requests of a run are made before its clock starts. Prints each round.
 */
export async function interleave<Name extends string>(
  bench: Pick<IngestBench, 'load'>,
  servers: Readonly<Record<Name, ServerProcess>>,
  { rounds, seconds, connections }: Rounds,
): Promise<Record<Name, Load>[]> {
  const names = Object.keys(servers) as Name[]
  const rates = new Map<Name, number>()
  const run = async (name: Name, duration: number) => {
    const prepared = Math.ceil((rates.get(name) ?? 0) * duration * PREPARED_FACTOR)
    const load = await bench.load(servers[name], { seconds: duration, connections, prepared })
    rates.set(name, load.acceptedPerSecond)
    return load
  }
  for (const name of names) await run(name, WARM_UP_SECONDS)
  const measured: Record<Name, Load>[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const loads = {} as Record<Name, Load>
    for (const name of names) loads[name] = await run(name, seconds)
    measured.push(loads)
    console.log(`round ${round}: ${names.map((name) => `${name} ${describeLoad(loads[name])}`).join('; ')}`)
  }
  return measured
}

export function describeLoad({ acceptedPerSecond, p50Ms, p99Ms, statuses }: Load): string {
  return `${Math.round(acceptedPerSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms${describeOthers(statuses)}`
}

/** Whatever was answered besides 2xx; nothing where there was nothing. */
export function describeOthers(statuses: Load['statuses']): string {
  const others = Object.entries(statuses).filter(([status]) => !isAccepted(status))
  return others.map(([status, count]) => `, ${count} answered ${status}`).join('')
}

/** Each figure's own median, and the sum of the answers. */
export function medianLoad(loads: readonly Load[]): Load {
  const statuses: Record<string, number> = {}
  for (const load of loads) {
    for (const [status, count] of Object.entries(load.statuses)) statuses[status] = (statuses[status] ?? 0) + count
  }
  return {
    acceptedPerSecond: median(loads.map((load) => load.acceptedPerSecond)),
    p50Ms: median(loads.map((load) => load.p50Ms)),
    p99Ms: median(loads.map((load) => load.p99Ms)),
    statuses,
  }
}
