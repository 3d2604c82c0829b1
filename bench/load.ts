import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PROJECT = join(import.meta.dirname, '..')

/** What one run of the load generator saw. */
export interface Load {
  readonly acceptedPerSecond: number
  /** Of those that were accepted. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>
}

/** Servers differ in what they say to a new event: ingest 202, Bento 200. */
export const isAccepted = (status: string) => status.startsWith('2')

export function countAccepted(statuses: Load['statuses']): number {
  return Object.entries(statuses).reduce((sum, [status, count]) => sum + (isAccepted(status) ? count : 0), 0)
}

export interface LoadOptions {
  readonly port: number
  readonly secret: string
  readonly connections: number
  readonly seconds: number
  /** Requests a second at fixed times; as many as go unless told. */
  readonly rate?: number
  /** Requests that are made before the clock starts; what is missing is made on the way. */
  readonly prepared?: number
}

/** One run of the load generator, in a process of its own. */
export async function generateLoad(options: LoadOptions): Promise<Load> {
  const { secret, ...flags } = options
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/generate-load.ts', ...args], {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret },
  })
  return JSON.parse(stdout) as Load
}
