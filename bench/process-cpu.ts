import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second (USER_HZ, man 5 proc). */
const MICROS_PER_TICK = 10_000

/** TCP_LISTEN in /proc/net/tcp. */
const LISTENING = '0A'

/** Processor time that a process has taken so far, in microseconds; undefined where there is no /proc or no such process. */
export function cpuMicrosOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  const stat = readOrNothing(`/proc/${pid}/stat`)
  if (stat === '') return undefined
  // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK
}

/** The process on this machine that listens on a TCP port; undefined if it is elsewhere or not ours to see. */
export function pidListeningOn(port: number): number | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
      readOrNothing(table)
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => state === LISTENING && local?.endsWith(`:${wanted}`))
        .map((columns) => `socket:[${columns[9]}]`),
    ),
  )
  return listOrNothing('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => listOrNothing(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOrNothing(`/proc/${pid}/fd/${fd}`))))
}

// Processes end while we look at them, and others' are closed to us: neither is an error.
const readOrNothing = (path: string) => attempt(() => readFileSync(path, 'utf8'), '')
const linkOrNothing = (path: string) => attempt(() => readlinkSync(path), '')
const listOrNothing = (path: string) => attempt(() => readdirSync(path), [])

function attempt<Result>(read: () => Result, otherwise: Result): Result {
  try {
    return read()
  } catch {
    return otherwise
  }
}
