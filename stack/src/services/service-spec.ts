import { constants } from 'node:os'
import { join } from 'node:path'
import { HOST } from '../parts/part.ts'
import type { StackDirectory } from '../stack-directory.ts'
import { DEFAULT_BACKOFF } from '../supervisor/backoff.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import type { ServiceName } from './service-names.ts'
import type { ServicePorts } from './service-ports.ts'

/** EX_CONFIG: a setting is wrong, and another start would meet the same one. */
export const EXIT_CONFIGURATION = 78

/** How to run one service: its standard output, JSON lines, is its log; what Node itself writes stands beside it. */
export function serviceSpec(
  name: ServiceName,
  ports: ServicePorts,
  directory: StackDirectory,
  env: NodeJS.ProcessEnv,
): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [join('services', name, 'src/main.ts')],
    cwd: directory.project,
    env: {
      SHUTDOWN_DELAY: '0s', // no balancer here, and a person waits for Ctrl-C
      ...env,
      ADMIN_PORT: String(ports.admin),
      ...(ports.http === undefined ? {} : { INGEST_PORT: String(ports.http) }),
    },
    logFile: join(directory.logs, `${name}.log`),
    errorFile: join(directory.logs, `${name}.err.log`),
    pidFile: join(directory.run, `${name}.pid`),
    isReady: () => answersOk(`${adminAddress(ports)}/readyz`),
    readyWithinMs: 60_000,
    // The service's own limit (SHUTDOWN_TIMEOUT) is 25 s; the rest is for it to exit.
    stopWithinMs: 30_000,
    startTries: 5,
    finalExitCodes: [EXIT_CONFIGURATION],
    backoff: DEFAULT_BACKOFF,
    // All share one machine here: who answers providers goes before who can catch up.
    ...(name === 'ingest' ? {} : { priority: constants.priority.PRIORITY_LOW }),
  }
}

/** Where a service's /metrics, /livez and /readyz are. */
export function adminAddress(ports: ServicePorts): string {
  return `http://${HOST}:${ports.admin}`
}

async function answersOk(address: string): Promise<boolean> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) })
  await answer.body?.cancel()
  return answer.ok
}
