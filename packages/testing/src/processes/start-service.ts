import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const PROJECT = join(import.meta.dirname, '../../../..')

/** How long a service may take from its start to `/readyz` (milliseconds). */
const READY_MS = 40_000

export type ServiceName = 'ingest' | 'detector' | 'refresher'

export interface ServiceProcess {
  readonly pid: number
  readonly adminUrl: string
  /** Everything it wrote, both streams. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** The exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** SIGTERM, and what it exited with. */
  stop(): Promise<number | NodeJS.Signals>
  /** The sum over all labels of one metric; 0 where it has no sample. */
  metric(name: string): Promise<number>
}

export interface StartOptions {
  /** False for a process that is to die or freeze before it is ready, or to start while what it needs is away. */
  readonly untilReady?: boolean
}

/**
 * Runs a service as the process it is in production and waits until it is ready.
 * @throws when it exits before, or is not ready in time, with what it wrote.
 */
export async function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  options: StartOptions = {},
): Promise<ServiceProcess> {
  const adminPort = await freePort()
  const child = spawn(process.execPath, [`services/${name}/src/main.ts`], {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, ...env, ADMIN_PORT: String(adminPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // As "npm start" does: on a machine that all share, who answers providers goes before who can catch up.
  if (name !== 'ingest' && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = () => Buffer.concat(chunks).toString()
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1))
  })
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
  }
  if (options.untilReady !== false) {
    await untilReady(name, adminUrl, exited, output).catch((error) => {
      kill('SIGKILL')
      throw error
    })
  }
  return {
    pid: child.pid ?? 0,
    adminUrl,
    output,
    kill,
    exited,
    stop: () => {
      kill('SIGTERM')
      return exited
    },
    metric: async (metric) => {
      const text = await (await fetch(`${adminUrl}/metrics`)).text()
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
    },
  }
}

async function untilReady(name: string, adminUrl: string, exited: Promise<unknown>, output: () => string) {
  let ended = false
  void exited.then(() => {
    ended = true
  })
  const deadline = Date.now() + READY_MS
  while (Date.now() < deadline) {
    if (ended) throw new Error(`${name} ended before it was ready:\n${output()}`)
    const response = await fetch(`${adminUrl}/readyz`).catch(() => undefined)
    if (response?.ok) return
    await wait(50)
  }
  throw new Error(`${name} was not ready within ${READY_MS} ms:\n${output()}`)
}
