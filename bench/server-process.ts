import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PROJECT = join(import.meta.dirname, '..')

/** A server under load, as a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly pid: number
  /** Ends it with SIGTERM and waits until it is gone. */
  stop(): Promise<void>
}

export interface ServerToStart {
  /** Program and arguments, from the project's root. */
  readonly command: readonly [string, ...string[]]
  readonly env: NodeJS.ProcessEnv
  /** The port that a line of its output names, or 0. */
  portOf(line: string): number
  /** Words in its output without which it is not ready, besides the port. */
  readonly ready?: string
}

/**
 * Starts a server and waits until it has printed its port.
 * @throws when it ends before that.
 */
export async function startServer({ command, env, portOf, ready = '' }: ServerToStart): Promise<ServerProcess> {
  const [program, ...args] = command
  const child = spawn(program, args, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => endProcess(child)
  let port = 0
  let isReady = false
  for await (const line of createInterface({ input: child.stdout })) {
    port ||= portOf(line) || 0
    isReady ||= line.includes(ready)
    if (port === 0 || !isReady) continue
    child.stdout.resume() // nobody reads on, and a full pipe would stop the server
    return { port, pid: child.pid ?? 0, stop }
  }
  throw new Error(`${command.join(' ')} ended before it listened`)
}

/** SIGTERM, and the process's end. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
