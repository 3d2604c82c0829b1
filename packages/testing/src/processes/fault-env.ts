import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const SHIFT_CLOCK = pathToFileURL(join(import.meta.dirname, 'shift-clock.ts')).href

type Env = Readonly<Record<string, string>>

/** The environment in which a service kills or stops itself at these points (packages/shared/src/faults). */
export function withFaultPoints(...points: readonly string[]): Env {
  return { NODE_ENV: 'test', FAULT_POINTS: points.join(',') }
}

/**
 * The environment of a service whose clock is `offsetMs` off, from its start or only once it is sent SIGUSR2. Timers and
 * what measures durations run as ever: only the time of day is wrong.
 */
export function withClockOff(offsetMs: number, from: 'start' | 'SIGUSR2' = 'start'): Env {
  return { NODE_OPTIONS: `--import=${SHIFT_CLOCK}`, CLOCK_OFFSET_MS: String(offsetMs), CLOCK_OFFSET_FROM: from }
}
