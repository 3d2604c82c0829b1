import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What distinguishes a process from any other that gets the same id later: the moment it started and, on Linux, the
 * boot it started in. Undefined when no such process lives (a zombie does not).
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid)
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name, in parentheses, may hold anything; state is the first field after it, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`
  } catch {
    return undefined
  }
}

function psIdentity(pid: number): string | undefined {
  const run = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const [state = 'Z', ...started] = run.stdout.trim().split(/\s+/)
  return run.status !== 0 || state.startsWith('Z') ? undefined : started.join(' ')
}
