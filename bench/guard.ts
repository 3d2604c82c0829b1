/**
 * What a guard costs a call that succeeds: processor time of awaiting nothing much, bare and under guard, in one run.
 * Needs no stack: `node bench/guard.ts`.
 */
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { createGuards } from '@buyer-group/shared/resilience/create-guards.ts'
import { Registry } from 'prom-client'
import { median } from './median.ts'

const ROUNDS = 7
const CALLS = 50_000

/** As an outside call is: over with a later turn of the event loop. */
const call = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Processor microseconds for one call. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let done = 0; done < CALLS; done += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}

const { mongodb } = createGuards({ mongodb: {} }, new Registry(), createLogger('bench', 'silent'))
const guarded = () => mongodb.run(call)
await costOf(call)
await costOf(guarded)

const costs: number[] = []
for (let round = 0; round < ROUNDS; round += 1) costs.push((await costOf(guarded)) - (await costOf(call)))
console.log(`A guard costs ${median(costs).toFixed(1)} µs of processor time a call (median of ${ROUNDS} rounds).`)
