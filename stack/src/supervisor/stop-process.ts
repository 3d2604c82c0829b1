import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveProcess } from './pid-file.ts'
import { processIdentity } from './process-identity.ts'

/**
 * Ends a process that leads a group of its own: SIGTERM, and SIGKILL to the group if it lives on after the deadline.
 * Resolves when it is gone, with how it went.
 */
export async function stopProcess(target: LiveProcess, withinMs: number): Promise<'stopped' | 'killed'> {
  if (!lives(target)) return 'stopped'
  signalProcess(target.pid, 'SIGTERM')
  if (await gone(target, withinMs)) return 'stopped'
  signalProcess(-target.pid, 'SIGKILL')
  signalProcess(target.pid, 'SIGKILL')
  await gone(target, 10_000)
  return 'killed'
}

/** True once the process is gone, false when it still lives after the time given. */
export async function gone(target: LiveProcess, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (lives(target)) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}

function lives(target: LiveProcess): boolean {
  return processIdentity(target.pid) === target.identity
}

/** Sends a signal to a process, or to a group when the id is negative; one that is gone is no error. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
