import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * One sentence for a port that could not be opened: what is wrong, by whom it is taken where that is known, and what
 * to set. Returns undefined for any other error.
 */
export async function explainListenError(error: unknown, port: number, variable: string): Promise<string | undefined> {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'EADDRINUSE') {
    const owner = await findOwner(port)
    const by = owner === undefined ? 'by another process' : `by ${owner}`
    return `Port ${port} is in use ${by}: stop it or set ${variable} to a free port.`
  }
  if (code === 'EACCES') return `Port ${port} may not be opened by this user: set ${variable} to one above 1023.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EINVAL')
    return `The address to listen on for ${variable} is not one of this machine's.`
  return undefined
}

/** The program and id of the process that listens on a port, where `ss` is there and may see it (Linux). */
async function findOwner(port: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ss', ['-Hltnp', `sport = :${port}`], { timeout: 2_000 })
    const [, pid] = /pid=(\d+)/.exec(stdout) ?? []
    if (pid === undefined) return undefined
    // The program and its first argument: further ones may be nobody's business.
    const [program = '', script = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
    return `"${[basename(program), script].filter((word) => word !== '').join(' ')}" (process ${pid})`
  } catch {
    return undefined
  }
}
