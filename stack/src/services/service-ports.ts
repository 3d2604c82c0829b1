import { choosePort, pinnedPort } from '../state/ports.ts'
import type { ServiceName } from './service-names.ts'

/** The ports of one service: `http` is where providers post, at ingest alone. */
export type ServicePorts = { readonly admin: number; readonly http?: number }

const WANTED = [
  { key: 'http', variable: 'INGEST_PORT', defaultPort: 3000, what: 'ingest' },
  { key: 'ingest', variable: 'INGEST_ADMIN_PORT', defaultPort: 9464, what: 'the admin server of ingest' },
  { key: 'detector', variable: 'DETECTOR_ADMIN_PORT', defaultPort: 9465, what: 'the admin server of detector' },
  { key: 'refresher', variable: 'REFRESHER_ADMIN_PORT', defaultPort: 9466, what: 'the admin server of refresher' },
] as const

/**
 * Chooses the ports of the three services: those that variables pin, otherwise the default or the next free one, which
 * is said. ADMIN_PORT, which the services themselves read, could name only one of three and pins none here.
 * @throws StackError `port_in_use` when a pinned port is taken: by whom if known, and what to set
 */
export async function chooseServicePorts(
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<Record<ServiceName, ServicePorts>> {
  if (env.ADMIN_PORT) {
    const names = WANTED.slice(1).map(({ variable }) => variable)
    say(`ADMIN_PORT is not used here, where three admin servers run: set ${names.join(', ')} instead`)
  }
  const chosen = { http: 0, ingest: 0, detector: 0, refresher: 0 }
  // One after the other, each avoiding those before it: nobody listens on them yet.
  for (const { key, variable, defaultPort, what } of WANTED) {
    const port = await choosePort(env, { variable, defaultPort, what, avoid: Object.values(chosen) })
    if (port !== defaultPort && pinnedPort(env, variable) === undefined) {
      say(`${what}: port ${defaultPort} is taken, using ${port} (${variable} chooses another)`)
    }
    chosen[key] = port
  }
  return {
    ingest: { http: chosen.http, admin: chosen.ingest },
    detector: { admin: chosen.detector },
    refresher: { admin: chosen.refresher },
  }
}
