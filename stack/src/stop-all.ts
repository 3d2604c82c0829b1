import { PART_NAMES } from './parts/part.ts'
import { SERVICE_NAMES } from './services/service-names.ts'
import type { StackDirectory } from './stack-directory.ts'
import { lockFile, ROLES, removeState } from './state/running-state.ts'
import { removeStackEnv } from './state/stack-env.ts'
import { findOrphans, type Orphan, stopOrphans } from './supervisor/orphans.ts'
import { readPidFile, removePidFile } from './supervisor/pid-file.ts'
import { gone, stopProcess } from './supervisor/stop-process.ts'

/** Services drain for up to 25 s, then the parts stop: a supervisor gets time for both. */
const SUPERVISOR_STOPS_WITHIN_MS = 60_000
const ORPHANS_STOP_WITHIN_MS = 30_000

/** The supervisors that live, by role; `npm start` may be both. */
export function liveSupervisors(directory: StackDirectory) {
  return ROLES.flatMap((role) => {
    const process = readPidFile(lockFile(directory, role))
    return process ? [{ role, process }] : []
  })
}

/** What runs on although its supervisor was killed, by pid files: services, then parts. */
export async function leftBehind(directory: StackDirectory): Promise<Orphan[]> {
  const roles = new Set(liveSupervisors(directory).map(({ role }) => role))
  const services = roles.has('services') ? [] : await findOrphans(directory.run, SERVICE_NAMES)
  const parts = roles.has('stack') ? [] : await findOrphans(directory.run, PART_NAMES)
  return [...services, ...parts]
}

/**
 * Stops everything of this directory: the services first, then the stack, then whatever a killed supervisor left.
 * @returns false when nothing ran
 */
export async function stopAll(directory: StackDirectory, say: (line: string) => void): Promise<boolean> {
  let any = false
  for (const { role, process } of liveSupervisors(directory)) {
    any = true
    if (await gone(process, 0)) continue // it was both, and has stopped with the other
    say(`${role}: stopping (supervisor: process ${process.pid})`)
    const how = await stopProcess(process, SUPERVISOR_STOPS_WITHIN_MS)
    say(how === 'stopped' ? `${role}: stopped` : `${role}: the supervisor did not stop in time and was killed`)
  }
  for (const names of [SERVICE_NAMES, PART_NAMES]) {
    const orphans = await findOrphans(directory.run, names)
    any ||= orphans.length > 0
    await stopOrphans(orphans, ORPHANS_STOP_WITHIN_MS, say)
  }
  for (const role of ROLES) {
    removeState(directory, role)
    removePidFile(lockFile(directory, role))
  }
  await removeStackEnv(directory)
  return any
}
