import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { freePort } from '@buyer-group/testing/processes/free-port.ts'
import type { IngestBench } from '../ingest-bench.ts'
import { isAccepted } from '../load.ts'
import { endProcess, type ServerProcess } from '../server-process.ts'

const CONFIGURATION = join(import.meta.dirname, 'bento/ingest.yaml')
const READY_MS = 30_000

/**
 * Starts Bento on a topic of its own, and checks that it does what it is compared for: it refuses what nobody signed,
 * and accepts what was signed.
 * @throws when it does not.
 */
export async function startBento(bench: IngestBench, program: string): Promise<ServerProcess> {
  const port = await freePort()
  const child = spawn(program, ['-c', CONFIGURATION], {
    env: {
      PATH: process.env.PATH,
      ADDRESS: `127.0.0.1:${port}`,
      KAFKA_BROKERS: bench.kafkaBrokers,
      TOPIC: await bench.createTopic('bento'),
      WEBHOOK_SECRET: bench.secret,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stop = () => endProcess(child)
  const statusOf = async (secret: string) => {
    const event = { id: `evt_${secret.length}`, source: 'test', company: { id: 'acme' } }
    const answer = await postEvent(`http://127.0.0.1:${port}`, event, secret)
    await answer.arrayBuffer()
    return answer.status
  }
  try {
    const deadline = performance.now() + READY_MS
    while ((await statusOf('nobodys secret').catch(() => 0)) !== 401) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('Bento did not start')
      await wait(50)
    }
    const accepted = await statusOf(bench.secret)
    if (!isAccepted(String(accepted))) throw new Error(`Bento answered a signed event with ${accepted}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, pid: child.pid ?? 0, stop }
}
