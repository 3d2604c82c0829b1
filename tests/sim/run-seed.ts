import { checkRun } from './check-run.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

export interface RunReport {
  readonly seed: number
  /** What does not hold, in words; empty for a run in which all does. */
  readonly violations: readonly string[]
  /** Every choice, in order: equal for equal seeds. Empty unless asked for. */
  readonly trace: readonly string[]
}

/** Runs one seed and judges it. The same seed gives the same run. */
export async function runSeed(seed: number, options?: SimulationOptions): Promise<RunReport> {
  const state = await new Simulation(seed, options).run()
  return { seed, violations: checkRun(state), trace: state.trace }
}
