import { describeLoad, medianLoad } from './interleave.ts'
import type { Load } from './load.ts'
import { median } from './median.ts'

export interface Compared {
  readonly rounds: readonly Readonly<Record<'verify only' | 'express' | 'ingest', Load>>[]
  /** Ingest alone, at a fixed rate. */
  readonly light: Load
}

/** Prints the medians of the rounds; with `json`, the same once more as one object on the last line. */
export function report(
  { rounds, light }: Compared,
  { connections, json }: { connections: number; json: boolean },
): void {
  const bare = medianLoad(rounds.map((round) => round['verify only']))
  const express = medianLoad(rounds.map((round) => round.express))
  const ingest = medianLoad(rounds.map((round) => round.ingest))
  const ratioTo = (name: 'verify only' | 'express') =>
    median(rounds.map((round) => round.ingest.acceptedPerSecond / round[name].acceptedPerSecond))
  console.log(`
${connections} connections, medians of ${rounds.length} interleaved rounds
bare node:http, verification only     ${describeLoad(bare)}
Express 5, verification only          ${describeLoad(express)}
ingest, published with acks=all       ${describeLoad(ingest)}
ratio to bare node:http               ${ratioTo('verify only').toFixed(2)}
ratio to Express                      ${ratioTo('express').toFixed(2)}
ingest alone, 1,000/s at fixed times  ${describeLoad(light)}`)
  if (!json) return
  const { acceptedPerSecond, p50Ms, p99Ms } = ingest
  console.log(
    JSON.stringify({
      acceptedPerSecond: Math.round(acceptedPerSecond),
      ratioToVerifyOnly: Number(ratioTo('verify only').toFixed(3)),
      ratioToExpress: Number(ratioTo('express').toFixed(3)),
      p50Ms,
      p99Ms,
      verifyOnlyPerSecond: Math.round(bare.acceptedPerSecond),
      expressPerSecond: Math.round(express.acceptedPerSecond),
      lightPerSecond: Math.round(light.acceptedPerSecond),
      lightP50Ms: light.p50Ms,
      lightP99Ms: light.p99Ms,
    }),
  )
}
