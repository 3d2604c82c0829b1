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

/**
 * Resolves once a process has killed itself at its fault point.
 * @throws when it ended otherwise, or not in time, with what it wrote: then the point was never reached.
 */
export async function untilKilled(
  { exited, output }: { readonly exited: Promise<number | NodeJS.Signals>; output(): string },
  timeoutMs = 45_000,
): Promise<void> {
  const giveUp = new AbortController()
  const ending = await Promise.race([exited, wait(timeoutMs, 'nothing' as const, { signal: giveUp.signal })])
  giveUp.abort()
  if (ending !== 'SIGKILL') throw new Error(`expected SIGKILL within ${timeoutMs} ms, but ${ending}:\n${output()}`)
}
