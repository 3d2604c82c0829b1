import { median } from './median.ts'
import type { Used } from './meter.ts'
import type { Population } from './refresher-seed.ts'

/** What one wave of refreshes took; processor time and round trips are for each refresh. */
export interface Wave extends Used {
  readonly refreshesPerSecond: number
  /** From taking a command in hand to its last record, milliseconds; sorted. */
  readonly durationsMs: readonly number[]
  /** Resident memory of the process afterwards. */
  readonly rssMb: number
}

/** A wave, the bare bulk writes of the same documents (refreshes' worth a second), and plain upserts of others a second. */
export interface Round {
  readonly refresher: Wave
  readonly barePerSecond: number
  readonly plainPerSecond: number
}

export function describeRound({ refresher, barePerSecond, plainPerSecond }: Round): string {
  const ratio = refresher.refreshesPerSecond / barePerSecond
  return `refresher ${describeWave(refresher)}, bare bulk writes ${rate(barePerSecond)}, ratio ${ratio.toFixed(2)}, plain upserts ${rate(plainPerSecond)}`
}

export function describeWave({ refreshesPerSecond, rssMb }: Wave): string {
  return `${rate(refreshesPerSecond)}, ${rssMb.toFixed(0)} MB`
}

/** Prints the medians of the rounds; with `json`, the same once more as one object on the last line. */
export function report(
  rounds: readonly Round[],
  { population, rssMbStart, json }: { population: Population; rssMbStart: number; json: boolean },
): void {
  const { companies, people, changed } = population
  const of = (figure: (wave: Wave) => number) => median(rounds.map(({ refresher }) => figure(refresher)))
  const known = (figure: (wave: Wave) => number | undefined) => {
    const isKnown = rounds.every(({ refresher }) => figure(refresher) !== undefined)
    return isKnown ? `${of((wave) => figure(wave) ?? 0).toFixed(0)} µs` : 'unknown'
  }
  const result = {
    refreshesPerSecond: Math.round(of((wave) => wave.refreshesPerSecond)),
    roundTripsPerRefresh: round(of((wave) => wave.roundTrips)),
    ratioToBareBulkWrites: round(
      median(rounds.map(({ refresher, barePerSecond }) => refresher.refreshesPerSecond / barePerSecond)),
    ),
    plainUpsertsPerSecond: Math.round(median(rounds.map(({ plainPerSecond }) => plainPerSecond))),
    p50Ms: of(({ durationsMs }) => percentile(durationsMs, 0.5)),
    p99Ms: of(({ durationsMs }) => percentile(durationsMs, 0.99)),
    rssMbStart: Math.round(rssMbStart),
    rssMbEnd: Math.round(rounds.at(-1)?.refresher.rssMb ?? rssMbStart),
  }
  console.log(`
${companies} refreshes a round, ${people} people a company of whom ${changed} changed, medians of ${rounds.length} interleaved rounds
refresher         ${result.refreshesPerSecond}/s; a refresh p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms
bare bulk writes  ${rate(median(rounds.map(({ barePerSecond }) => barePerSecond)))} of the same documents
ratio             ${result.ratioToBareBulkWrites}
plain upserts     ${rate(result.plainUpsertsPerSecond)} of small documents, a thousand a bulk write: this machine's measure
a refresh takes   ${result.roundTripsPerRefresh} MongoDB round trips and ${of((wave) => wave.writes).toFixed(1)} documents written
processor time    process ${known((wave) => wave.processMicros)}, mongod ${known((wave) => wave.mongodMicros)}, broker ${known((wave) => wave.brokerMicros)} a refresh
memory            ${result.rssMbStart} MB after warming up, ${result.rssMbEnd} MB at the end`)
  if (json) console.log(JSON.stringify(result))
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const rate = (perSecond: number) => `${Math.round(perSecond)}/s`

const round = (value: number) => Number(value.toFixed(3))
