import type { StackDirectory } from '../stack-directory.ts'
import type { ProcessEvent } from '../supervisor/process-spec.ts'
import { type Role, type RunningState, type StateEntry, writeState } from './running-state.ts'

/** Keeps the state file of a role up to date with what happens to its processes. */
export function trackState(directory: StackDirectory, role: Role, first: readonly StateEntry[], startedAt: Date) {
  let state: RunningState = { startedAt: startedAt.toISOString(), entries: [...first] }
  const set = (name: string, change: Partial<StateEntry>) => {
    const entries = state.entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry))
    state = { ...state, entries }
    writeState(directory, role, state)
  }
  writeState(directory, role, state)
  return {
    set,
    watch(event: ProcessEvent): void {
      const restarts = state.entries.find((entry) => entry.name === event.name)?.restarts ?? 0
      if (event.type === 'started') set(event.name, { pid: event.pid, state: 'starting' })
      else if (event.type === 'ready') set(event.name, { state: 'ready' })
      else if (event.type === 'died') set(event.name, { state: 'restarting', restarts: restarts + 1 })
      else if (event.type === 'failed') set(event.name, { state: 'failed' })
    },
  }
}
