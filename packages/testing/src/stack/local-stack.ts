import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type StackDirectory, stackDirectory } from '@buyer-group/stack/stack-directory.ts'
import { StackError } from '@buyer-group/stack/stack-error.ts'
import { stackSupervisor, startDetached } from '@buyer-group/stack/start-detached.ts'
import { readStackEnv } from '@buyer-group/stack/state/stack-env.ts'
import { stopAll } from '@buyer-group/stack/stop-all.ts'
import { readPidFile, writePidFile } from '@buyer-group/stack/supervisor/pid-file.ts'
import type { TestStack } from './test-stack.ts'

const READY_WITHIN_MS = 180_000

/**
 * The local stack, in a directory of its own (`.stack/test`) so that tests never meet the data of `npm start`.
 * Test runs at the same time share it: the first starts it, on empty data, and the last to end stops it. One that a
 * person started there (`STACK_DIR=.stack/test npm run stack:up`) is used and left running.
 */
export async function startLocalStack(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<TestStack> {
  const directory = stackDirectory({ ...env, STACK_DIR: env.STACK_DIR || '.stack/test' })
  const leave = enter(directory)
  try {
    const values = await ready(directory, env, say)
    return {
      kafkaBrokers: values.KAFKA_BROKERS ?? '',
      mongodbUri: values.MONGODB_URI ?? '',
      schemaRegistryUrl: values.SCHEMA_REGISTRY_URL ?? '',
      stop: leave,
    }
  } catch (error) {
    await leave()
    throw error
  }
}

/** Starts the stack, or waits for the one that someone else is starting or stopping. */
async function ready(directory: StackDirectory, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    if (stackSupervisor(directory)) {
      const values = await readStackEnv(directory)
      if (values) return values
      await sleep(200)
      continue
    }
    await stopAll(directory, say) // what a killed supervisor left would still write into the data
    rmSync(directory.data, { recursive: true, force: true })
    writeFileSync(startedByTests(directory), '')
    try {
      await startDetached(directory, env, say)
    } catch (error) {
      if (!(error instanceof StackError && error.code === 'already_running')) throw error
    }
  }
  throw new Error(`The test stack in ${directory.root} was not ready within ${READY_WITHIN_MS / 1000} s.`)
}

/** Registers this test run as a user of the stack; the function returned ends that, and stops the stack after the last. */
function enter(directory: StackDirectory): () => Promise<void> {
  const users = join(directory.root, 'users')
  mkdirSync(users, { recursive: true })
  const mine = join(users, `${process.pid}-${randomUUID()}.pid`)
  writePidFile(mine, process.pid)
  return async () => {
    rmSync(mine, { force: true })
    const others = readdirSync(users).filter((file) => readPidFile(join(users, file)) !== undefined)
    if (others.length > 0 || !existsSync(startedByTests(directory))) return
    rmSync(startedByTests(directory), { force: true })
    await stopAll(directory, () => {})
  }
}

function startedByTests(directory: StackDirectory): string {
  return join(directory.root, 'started-by-tests')
}
