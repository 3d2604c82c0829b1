import { median } from './median.ts'
import type { Used } from './meter.ts'

/** One drain: events a second, and what one event took. */
export interface Drained extends Used {
  readonly eventsPerSecond: number
}

/** The bare loop and the detector over the same events, one after the other. */
export interface Pair {
  readonly bare: Drained
  readonly detector: Drained
}

export function describePair({ bare, detector }: Pair): string {
  const ratio = detector.eventsPerSecond / bare.eventsPerSecond
  return `bare ${rate(bare)}, detector ${rate(detector)}, ratio ${ratio.toFixed(2)}`
}

/** Prints the medians of each scenario's rounds; with `json`, the same once more as one object on the last line. */
export function report(
  scenarios: ReadonlyMap<string, readonly Pair[]>,
  { events, companies, json }: { readonly events: number; readonly companies: number; readonly json: boolean },
): void {
  const results: Record<string, unknown> = {}
  console.log(
    `\n${events} events of ${companies} companies, medians of interleaved rounds; processor time in µs an event`,
  )
  for (const [name, pairs] of scenarios) {
    const bare = middle(pairs.map((pair) => pair.bare))
    const detector = middle(pairs.map((pair) => pair.detector))
    const ratio = median(pairs.map((pair) => pair.detector.eventsPerSecond / pair.bare.eventsPerSecond))
    console.log(`${name}`)
    console.log(`  bare loop  ${describe(bare)}`)
    console.log(`  detector   ${describe(detector)}; ${describeAsked(detector)}`)
    console.log(`  ratio      ${ratio.toFixed(2)}`)
    results[name] = { ratio: round(ratio), detector: rounded(detector), bare: withoutAsked(rounded(bare)) }
  }
  if (json) console.log(JSON.stringify({ events, companies, ...results }))
}

function describe(drained: Drained): string {
  const { processMicros, mongodMicros, brokerMicros } = drained
  return `${rate(drained)}; process ${micros(processMicros)}, mongod ${micros(mongodMicros)}, broker ${micros(brokerMicros)}`
}

/** Of the detector alone: the server counts no upserts, and the bare loop makes nothing else. */
function describeAsked({ writes, roundTrips }: Drained): string {
  return `${writes.toFixed(2)} writes and ${roundTrips.toFixed(4)} round trips an event`
}

/** Each figure's own median. */
function middle(drains: readonly Drained[]): Drained {
  const of = (figure: (drained: Drained) => number) => median(drains.map(figure))
  const known = (figure: (drained: Drained) => number | undefined) =>
    drains.some((drained) => figure(drained) === undefined) ? undefined : of((drained) => figure(drained) ?? 0)
  return {
    eventsPerSecond: of((drained) => drained.eventsPerSecond),
    processMicros: known((drained) => drained.processMicros),
    mongodMicros: known((drained) => drained.mongodMicros),
    brokerMicros: known((drained) => drained.brokerMicros),
    roundTrips: of((drained) => drained.roundTrips),
    writes: of((drained) => drained.writes),
  }
}

const rate = ({ eventsPerSecond }: Drained) => `${Math.round(eventsPerSecond)}/s`

const micros = (value: number | undefined) => (value === undefined ? 'unknown' : value.toFixed(0))

const round = (value: number) => Number(value.toFixed(3))

const rounded = (drained: Drained) =>
  Object.fromEntries(Object.entries(drained).map(([name, value]) => [name, value === undefined ? null : round(value)]))

const withoutAsked = ({ writes: _writes, roundTrips: _roundTrips, ...rest }: Record<string, number | null>) => rest
