import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that listens on a port: its id and the start of its command line. */
export type PortOwner = { readonly pid: number; readonly command: string }

/** Who listens on a TCP port of this machine, or undefined when nobody does or the system does not tell. */
export function portOwner(port: number): PortOwner | undefined {
  return process.platform === 'linux' ? linuxOwner(port) : lsofOwner(port)
}

/** Words for a sentence: ` by process 123 (java ...)`, or nothing when unknown. */
export function byWhom(port: number): string {
  const owner = portOwner(port)
  return owner ? ` by process ${owner.pid} (${owner.command})` : ''
}

function linuxOwner(port: number): PortOwner | undefined {
  const sockets = new Set(listeningInodes(port).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return undefined
  for (const pid of readdirOr('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of readdirOr(`/proc/${pid}/fd`)) {
      if (sockets.has(readOr(() => readlinkSync(`/proc/${pid}/fd/${fd}`)))) {
        const command = readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        return { pid: Number(pid), command: shorten(command.replaceAll('\0', ' ')) }
      }
    }
  }
  return undefined
}

/** The inodes of the sockets in state LISTEN (0A) on the port, from the kernel's tables. */
function listeningInodes(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readOr(() => readFileSync(table, 'utf8'))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
      .flatMap((fields) => fields[9] ?? []),
  )
}

function lsofOwner(port: number): PortOwner | undefined {
  const run = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { encoding: 'utf8' })
  const pid = /^p(\d+)/m.exec(run.stdout ?? '')?.[1]
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.+)/m.exec(run.stdout)?.[1] ?? '?' }
}

function shorten(command: string): string {
  const words = command.trim()
  return words.length > 80 ? `${words.slice(0, 77)}...` : words
}

function readdirOr(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function readOr(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
