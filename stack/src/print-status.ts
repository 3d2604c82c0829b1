import type { StackDirectory } from './stack-directory.ts'
import { readState, type StateEntry } from './state/running-state.ts'
import { liveSupervisors } from './stop-all.ts'

/** The lines that tell what runs: a supervisor, then each of its processes with state, id and address. */
export function statusLines(directory: StackDirectory, now: Date): string[] {
  return liveSupervisors(directory).flatMap(({ role, process }) => {
    const state = readState(directory, role)
    const since = state ? `, up ${duration(now.getTime() - Date.parse(state.startedAt))}` : ''
    return [`${role}: supervisor is process ${process.pid}${since}`, ...(state?.entries ?? []).map(entryLine)]
  })
}

/** Whether a stack runs and every part of it is ready. */
export function isAllReady(directory: StackDirectory): boolean {
  const roles = liveSupervisors(directory)
  const states = roles.flatMap(({ role }) => readState(directory, role)?.entries ?? [])
  return roles.length > 0 && states.every(({ state }) => state === 'ready' || state === 'given')
}

function entryLine(entry: StateEntry): string {
  const pid = entry.pid === undefined ? '' : `process ${entry.pid}`
  const restarts = entry.restarts > 0 ? `  restarted ${entry.restarts} times` : ''
  return `  ${entry.name.padEnd(10)} ${entry.state.padEnd(10)} ${pid.padEnd(16)} ${entry.address}${restarts}`
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
