import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { lagOf } from '@buyer-group/shared/kafka/lag-monitor.ts'

const PROJECT = join(import.meta.dirname, '..')
const POLL_MS = 50

/** What every consumer prints when the group has given it its partitions, just before its first fetch. */
const JOINED = 'joined the group'

/** A consumer that runs as a process of its own. */
export interface ConsumerProcess {
  readonly pid: number
  /**
   * Resolves once the group has committed all that the topic holds.
   * @throws when the process ends before that, or it takes longer than `deadlineMs`.
   */
  untilDrained(topic: string, deadlineMs: number): Promise<void>
  /** Ends it with SIGTERM and waits until it is gone. */
  stop(): Promise<void>
}

export interface ConsumerToStart {
  /** Node's flags, script and arguments, from the project's root. */
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly groupId: string
}

/**
 * Starts a consumer and waits until it has joined its group.
 * @throws when the process ends before that.
 */
export async function startConsumer(
  kafka: ReturnType<typeof createKafka>,
  { command, env, groupId }: ConsumerToStart,
): Promise<ConsumerProcess> {
  const admin = kafka.admin()
  await admin.connect()
  const child = spawn(process.execPath, command, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await admin.disconnect()
  }
  const untilDrained = async (topic: string, deadlineMs: number) => {
    const deadline = performance.now() + deadlineMs
    while ((await lagIn(admin, groupId, topic)) > 0) {
      if (child.exitCode !== null) throw new Error(`${command[0]} ended before it had drained ${topic}`)
      if (performance.now() > deadline) throw new Error(`${command[0]} did not drain ${topic}`)
      await wait(POLL_MS)
    }
  }
  try {
    await untilPrinted(child, JOINED)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: child.pid ?? 0, untilDrained, stop }
}

async function untilPrinted(child: ChildProcess, words: string): Promise<void> {
  if (child.stdout === null) throw new Error('the process has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes(words)) continue
    child.stdout.resume() // nobody reads on, and a full pipe would stop the process
    return
  }
  throw new Error('the process ended before it consumed anything')
}

async function lagIn(admin: Parameters<typeof lagOf>[0], groupId: string, topic: string): Promise<number> {
  const lags = await lagOf(admin, groupId, [topic])
  return [...(lags.get(topic)?.values() ?? [])].reduce((sum, lag) => sum + lag, 0)
}
