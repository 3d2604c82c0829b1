import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { lagOf } from '@buyer-group/shared/kafka/lag-monitor.ts'

const PROJECT = join(import.meta.dirname, '..')
const POLL_MS = 50
const DEADLINE_MS = 300_000

/** What both of them print when the group has given them their partitions, just before their first fetch. */
const JOINED = 'joined the group'

export interface Drain {
  /** Script and arguments, from the project's root. */
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly groupId: string
  readonly topic: string
  /** Called with the process's id when it begins to consume, and when nothing is left. */
  readonly onStart: (pid: number) => Promise<void>
  readonly onEnd: (pid: number) => Promise<void>
}

/**
 * Runs a consumer as a process of its own until its group has committed all that the topic holds, then ends it.
 * @returns seconds from its first assignment to lag 0, as the broker tells it.
 * @throws when the process ends too early, or the topic is not drained within five minutes.
 */
export async function drainTopic(
  kafka: ReturnType<typeof createKafka>,
  { command, env, groupId, topic, onStart, onEnd }: Drain,
): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const child = spawn(process.execPath, command, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = child.pid ?? 0
  try {
    await untilPrinted(child, JOINED)
    const start = performance.now()
    await onStart(pid)
    while ((await lagIn(admin, groupId, topic)) > 0) {
      if (child.exitCode !== null) throw new Error(`${command[0]} ended before it had drained ${topic}`)
      if (performance.now() - start > DEADLINE_MS) throw new Error(`${command[0]} did not drain ${topic}`)
      await wait(POLL_MS)
    }
    const seconds = (performance.now() - start) / 1_000
    await onEnd(pid)
    return seconds
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await admin.disconnect()
  }
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
