import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tool } from '../prerequisites/tools.ts'
import { DEFAULT_BACKOFF } from '../supervisor/backoff.ts'
import { REGISTRY_VERSION } from '../versions.ts'
import { commonSpec, HOST, type Part } from './part.ts'

/** Where Apicurio speaks the API of Confluent's registry. */
const CONFLUENT_API = '/apis/ccompat/v7'

/** Apicurio Registry with its schemas in a file: a schema's id must outlive a restart. */
export function registryPart(java: Tool, libraries: string): Part {
  const address = (port: number) => `http://${HOST}:${port}${CONFLUENT_API}`
  return {
    name: 'registry',
    title: `Apicurio Registry ${REGISTRY_VERSION}`,
    defaultPort: 8081,
    portVariable: 'STACK_REGISTRY_PORT',
    address,
    async prepare(directory, port) {
      const data = join(directory.data, 'registry')
      await mkdir(data, { recursive: true })
      return {
        ...commonSpec(directory, 'registry'),
        command: java.command,
        // Compiled once, not optimised: it serves a few requests at a start, and that start should be quick.
        args: ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', runner(libraries)],
        cwd: data,
        env: {
          ...process.env,
          APICURIO_STORAGE_KIND: 'sql',
          APICURIO_STORAGE_SQL_KIND: 'h2',
          APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(data, 'registry')};DB_CLOSE_ON_EXIT=FALSE`,
          QUARKUS_HTTP_HOST: HOST,
          QUARKUS_HTTP_PORT: String(port),
          QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
        },
        isReady: async () => {
          const answer = await fetch(`${address(port)}/subjects`, { signal: AbortSignal.timeout(2_000) })
          await answer.body?.cancel()
          return answer.ok
        },
        backoff: DEFAULT_BACKOFF,
      }
    },
  }
}

function runner(libraries: string): string {
  return join(libraries, `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`)
}
