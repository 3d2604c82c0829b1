import { relative } from 'node:path'
import type { StackDirectory } from '../stack-directory.ts'
import { sampleRequest } from './sample-request.ts'
import type { ServiceName } from './service-names.ts'
import type { ServicePorts } from './service-ports.ts'

/** What a person needs once everything is ready: where to post, a request to try, where the rest is. */
export function printableStart(
  directory: StackDirectory,
  ports: Record<ServiceName, ServicePorts>,
  env: NodeJS.ProcessEnv,
): string[] {
  const base = `http://127.0.0.1:${ports.ingest.http}`
  const envFile = relative(process.cwd(), directory.envFile)
  const secret = env.WEBHOOK_SECRET ? '"$WEBHOOK_SECRET"' : `"$(sed -n 's/^WEBHOOK_SECRET=//p' ${envFile})"`
  return [
    '',
    `Ready. Post person changes to ${base}/api/webhooks/person-change`,
    `What is accepted: ${base}/openapi.json   Addresses and secrets: ${envFile}   Logs: ${relative(process.cwd(), directory.logs)}/`,
    '',
    'Try it, in another terminal:',
    '',
    sampleRequest(`${base}/api/webhooks/person-change`, secret),
    '',
  ]
}
