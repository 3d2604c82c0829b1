import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { StackDirectory } from '../stack-directory.ts'

/**
 * The two things that are supervised: the parts of the stack, and the services that `npm start` adds.
 * Each has one supervisor at a time in a stack directory; `npm start` is both when no stack runs yet.
 */
export type Role = 'stack' | 'services'
export const ROLES: readonly Role[] = ['services', 'stack']

const Entry = z.object({
  name: z.string(),
  address: z.string(),
  state: z.enum(['starting', 'ready', 'restarting', 'given', 'failed']),
  pid: z.int().optional(),
  restarts: z.int(),
})

/** What `stack:status` tells about one part or service. */
export type StateEntry = z.infer<typeof Entry>

const RunningState = z.object({ startedAt: z.string(), entries: z.array(Entry) })
export type RunningState = z.infer<typeof RunningState>

/** The lock of a role: holds the process id of its supervisor. */
export function lockFile(directory: StackDirectory, role: Role): string {
  return join(directory.run, `${role}-supervisor.pid`)
}

/** Replaces what is told about a role, whole, so that a reader never sees half of it. */
export function writeState(directory: StackDirectory, role: Role, state: RunningState): void {
  mkdirSync(directory.run, { recursive: true })
  const path = statePath(directory, role)
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

export function readState(directory: StackDirectory, role: Role): RunningState | undefined {
  try {
    return RunningState.parse(JSON.parse(readFileSync(statePath(directory, role), 'utf8')))
  } catch {
    return undefined
  }
}

export function removeState(directory: StackDirectory, role: Role): void {
  rmSync(statePath(directory, role), { force: true })
}

function statePath(directory: StackDirectory, role: Role): string {
  return join(directory.run, `${role}.json`)
}
