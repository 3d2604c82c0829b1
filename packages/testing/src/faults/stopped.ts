import { readFile } from 'node:fs/promises'
import type { ServiceProcess } from '../processes/start-service.ts'

/** Whether a process has been stopped (SIGSTOP), by itself or from outside; from the state in /proc (Linux). */
export async function isStopped({ pid }: Pick<ServiceProcess, 'pid'>): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The command name, in parentheses, may hold anything; the state is the field after it.
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
}
