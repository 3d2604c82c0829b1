import { eventSentence } from '../say-event.ts'
import type { StackDirectory } from '../stack-directory.ts'
import { trackState } from '../state/track-state.ts'
import type { ProcessFailed } from '../supervisor/process-spec.ts'
import { superviseProcess } from '../supervisor/supervise-process.ts'
import { SERVICE_NAMES, type ServiceName } from './service-names.ts'
import type { ServicePorts } from './service-ports.ts'
import { adminAddress, serviceSpec } from './service-spec.ts'

/** The three services, kept running. */
export type RunningServices = {
  /** Resolves when all have been ready; rejects with ProcessFailed. */
  readonly firstReady: Promise<unknown>
  /** Resolves with the first that has failed for good. */
  readonly failed: Promise<ProcessFailed>
  /** Drains and stops all three side by side. */
  stop(): Promise<void>
  kill(): void
}

/** Starts the services side by side and restarts whatever dies. */
export function startServices(
  directory: StackDirectory,
  ports: Record<ServiceName, ServicePorts>,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): RunningServices {
  const entries = SERVICE_NAMES.map((name) => {
    const { http, admin } = ports[name]
    const address = http === undefined ? `admin :${admin}` : `http://127.0.0.1:${http}  admin :${admin}`
    return { name, address, state: 'starting', restarts: 0 } as const
  })
  const state = trackState(directory, 'services', entries, new Date())
  const processes = SERVICE_NAMES.map((name) =>
    superviseProcess(serviceSpec(name, ports[name], directory, env), (event) => {
      state.watch(event)
      const sentence = eventSentence(event)
      if (sentence !== undefined) say(sentence)
    }),
  )
  const firstReady = Promise.all(processes.map((process) => process.firstReady))
  firstReady.catch(() => {}) // whoever cares awaits it
  return {
    firstReady,
    failed: Promise.race(processes.map((process) => process.failed)),
    stop: async () => void (await Promise.all(processes.map((process) => process.stop()))),
    kill: () => {
      for (const process of processes) process.kill()
    },
  }
}

/** Where the status line is read from. */
export function metricsAddresses(ports: Record<ServiceName, ServicePorts>) {
  return { ingest: adminAddress(ports.ingest), refresher: adminAddress(ports.refresher) }
}
