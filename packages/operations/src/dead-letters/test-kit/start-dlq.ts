import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Deployment } from '@buyer-group/testing/processes/deployment.ts'

export interface DlqEnd {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
}

/** Starts `npm run dlq -- ...` on a deployment, as the process that it is. */
export function startDlq(
  deployment: Deployment,
  args: readonly string[],
): { kill(signal: NodeJS.Signals): void; readonly ended: Promise<DlqEnd> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts'), ...args], {
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: deployment.kafkaBrokers.join(','),
      MONGODB_URI: deployment.mongodbUri,
      MONGODB_DATABASE: deployment.mongodbDatabase,
      SCHEMA_REGISTRY_URL: deployment.schemaRegistryUrl,
      TOPIC_PREFIX: deployment.topicPrefix,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const ended = new Promise<DlqEnd>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({
        code: code ?? signal ?? 1,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    )
  })
  return { kill: (signal) => child.kill(signal), ended }
}

/** Runs it to its end and returns what it printed with `--json`. @throws when it does not exit with 0. */
export async function runDlq(deployment: Deployment, ...args: string[]) {
  const { code, stdout, stderr } = await startDlq(deployment, [...args, '--json']).ended
  if (code !== 0) throw new Error(`dlq ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return JSON.parse(stdout)
}
