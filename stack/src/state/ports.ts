import { readFile, writeFile } from 'node:fs/promises'
import getPort, { clearLockedPorts, portNumbers } from 'get-port'
import { z } from 'zod'
import type { StackDirectory } from '../stack-directory.ts'
import { StackError } from '../stack-error.ts'
import { byWhom } from '../supervisor/port-owner.ts'

/** How many ports after the default one are tried. */
const SPAN = 100

/** The ports to try, in order: that of the last start, then the default one and those after it. */
export function candidatePorts(defaultPort: number, lastPort: number | undefined): number[] {
  const fromDefault = [...portNumbers(defaultPort, defaultPort + SPAN - 1)]
  return lastPort === undefined ? fromDefault : [lastPort, ...fromDefault.filter((port) => port !== lastPort)]
}

/**
 * The port that a variable pins, or undefined when it is not set.
 * @throws StackError `configuration` when the value is no port
 */
export function pinnedPort(env: NodeJS.ProcessEnv, variable: string): number | undefined {
  const text = env[variable]
  if (!text) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new StackError(
    'configuration',
    `${variable} is "${text}", which is no port: set it to a number from 1 to 65535.`,
  )
}

/**
 * A port that is free on every address of this machine: the pinned one if a variable sets one, otherwise the first free candidate.
 * @throws StackError `port_in_use` when the pinned one is taken, saying by whom if known and what to set
 */
export async function choosePort(
  env: NodeJS.ProcessEnv,
  want: {
    readonly variable: string
    readonly defaultPort: number
    readonly lastPort?: number | undefined
    /** Ports promised to others that do not listen on them yet. */
    readonly avoid?: readonly number[]
    readonly what: string
  },
): Promise<number> {
  const pinned = pinnedPort(env, want.variable)
  const all = pinned === undefined ? candidatePorts(want.defaultPort, want.lastPort) : [pinned]
  const candidates = all.filter((port) => !want.avoid?.includes(port))
  if (pinned !== undefined && candidates.length === 0) {
    throw new StackError(
      'configuration',
      `${want.variable} is ${pinned}, which another server here has: set it to another port.`,
    )
  }
  clearLockedPorts() // a port that this process used before and gave back is as good as any
  const port = await getPort({ port: candidates })
  if (candidates.includes(port)) return port
  if (pinned === undefined) {
    throw new StackError(
      'port_in_use',
      `No port from ${want.defaultPort} to ${want.defaultPort + SPAN - 1} is free for ${want.what}: set ${want.variable} to a free one.`,
    )
  }
  throw new StackError(
    'port_in_use',
    `Port ${pinned} for ${want.what} is in use${byWhom(pinned)}: end that process, or set ${want.variable} to a free port.`,
  )
}

const Ports = z.record(z.string(), z.int())

/** The ports of the last start by name; none when there was none. */
export async function readPorts(directory: StackDirectory): Promise<Record<string, number>> {
  const text = await readFile(directory.portsFile, 'utf8').catch(() => '{}')
  const parsed = Ports.safeParse(safeJson(text))
  return parsed.success ? parsed.data : {}
}

export async function writePorts(directory: StackDirectory, ports: Record<string, number>): Promise<void> {
  await writeFile(directory.portsFile, `${JSON.stringify({ ...(await readPorts(directory)), ...ports }, null, 2)}\n`)
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
