import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB (VmRSS, man 5 proc); NaN where there is no /proc. */
export function residentMbOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes) / 1_024
  } catch {
    return Number.NaN
  }
}
