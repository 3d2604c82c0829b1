import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** How often /proc is looked at, in milliseconds. */
const POLL_MS = 10

/**
 * Resolves once a process is stopped (SIGSTOP): state T in `/proc/PID/stat`. Linux alone has it.
 * @throws when it has ended, or is not stopped in time.
 */
export async function untilStopped(pid: number, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    if (stateOf(pid) === 'T') return
    await wait(POLL_MS)
  }
  throw new Error(`process ${pid} was not stopped within ${timeoutMs} ms`)
}

/** The letter of proc(5): R, S, T, ... What stands before it, the name in brackets, may hold anything. */
function stateOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2)[0]
}
