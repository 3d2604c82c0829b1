import { randomBytes } from 'node:crypto'
import { freePort } from '@buyer-group/testing/processes/free-port.ts'
import { type ServiceProcess, startService } from '@buyer-group/testing/processes/start-service.ts'
import type { Deployment } from './open-deployment.ts'
import { SOURCE } from './read-congress.ts'

export interface RunningServices {
  readonly ingestUrl: string
  readonly secret: string
  /** Rejects when a service ends before `stop`, with what it wrote. */
  readonly ended: Promise<never>
  /** Drains them; says which one did not end well. */
  stop(): Promise<readonly string[]>
}

/** Runs ingest, detector and refresher, each as the process it is in production, and waits until all are ready. */
export async function startServices(deployment: Deployment, window: string): Promise<RunningServices> {
  const secret = randomBytes(32).toString('hex')
  const port = await freePort()
  const env = {
    ...deployment.env,
    WEBHOOK_SECRET: secret,
    WEBHOOK_SOURCES: SOURCE,
    INGEST_HOST: '127.0.0.1',
    INGEST_PORT: String(port),
    REFRESH_WINDOW: window,
    LOG_LEVEL: 'warn',
  }
  const names = ['ingest', 'detector', 'refresher'] as const
  const started = await Promise.allSettled(names.map((name) => startService(name, env)))
  const running = started.flatMap((result, index) =>
    result.status === 'fulfilled' ? [{ name: names[index] ?? '', process: result.value }] : [],
  )
  const broken = started.find((result) => result.status === 'rejected')
  if (broken !== undefined) {
    await stopAll(running)
    throw broken.reason
  }
  let isStopping = false
  const ended = Promise.race(
    running.map(async ({ name, process }) => {
      const how = await process.exited
      // Never rejects once they are meant to end.
      if (isStopping) await new Promise<never>(() => {})
      throw new Error(`${name} ended (${how}) while the demo ran:\n${process.output()}`)
    }),
  ) as Promise<never>
  ended.catch(() => {})
  return {
    ingestUrl: `http://127.0.0.1:${port}`,
    secret,
    ended,
    stop: () => {
      isStopping = true
      return stopAll(running)
    },
  }
}

async function stopAll(running: readonly { name: string; process: ServiceProcess }[]): Promise<readonly string[]> {
  const exits = await Promise.all(running.map(async ({ name, process }) => ({ name, code: await process.stop() })))
  return exits.filter(({ code }) => code !== 0).map(({ name, code }) => `${name} ended with ${code} instead of 0`)
}
