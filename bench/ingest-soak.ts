import { setTimeout as wait } from 'node:timers/promises'
import type { IngestBench } from './ingest-bench.ts'
import { describeLoad, describeOthers } from './interleave.ts'
import { countAccepted } from './load.ts'
import { residentMbOf } from './process-memory.ts'

const PER_SECOND = 5_000

/** What the second half may take beyond the first: the garbage collector's own ups and downs. */
const FLAT_WITHIN = 1.1

export interface SoakOptions {
  readonly minutes: number
  readonly connections: number
  readonly json: boolean
}

/** Ingest under 5,000 events a second for a long time: its memory at every tenth, and whether it stays where it is. */
export async function soak(bench: IngestBench, { minutes, connections, json }: SoakOptions): Promise<void> {
  const ingest = await bench.startIngest()
  const tenthMs = minutes * 6_000
  const loading = bench.load(ingest, { rate: PER_SECOND, seconds: minutes * 60, connections })
  const rssMb: number[] = []
  const sampling = (async () => {
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      await wait(tenthMs)
      rssMb.push(Math.round(residentMbOf(ingest.pid)))
      console.log(`${((tenth * minutes) / 10).toFixed(1)} min: ${rssMb.at(-1)} MB`)
    }
  })()
  const [load] = await Promise.all([loading, sampling])

  const [first, second] = [Math.max(...rssMb.slice(0, 5)), Math.max(...rssMb.slice(5))] as const
  const isFlat = second <= first * FLAT_WITHIN
  console.log(
    `\n${countAccepted(load.statuses)} events accepted${describeOthers(load.statuses)}; ${describeLoad({ ...load, statuses: {} })}`,
  )
  console.log(
    `memory: at most ${first} MB in the first half, ${second} MB in the second: ${isFlat ? 'flat' : 'NOT flat'}`,
  )
  if (json) {
    console.log(JSON.stringify({ ...load, acceptedPerSecond: Math.round(load.acceptedPerSecond), rssMb, isFlat }))
  }
}
