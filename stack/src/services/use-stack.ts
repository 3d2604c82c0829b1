import { setTimeout as sleep } from 'node:timers/promises'
import type { StackDirectory } from '../stack-directory.ts'
import { StackError } from '../stack-error.ts'
import { stackSupervisor } from '../start-detached.ts'
import { type RunningStack, startStack } from '../start-stack.ts'
import { readStackEnv } from '../state/stack-env.ts'

const OTHERS_START_WITHIN_MS = 120_000

/** Uses the stack that runs already, waiting while it still starts, or starts one in this process. */
export async function useStack(
  directory: StackDirectory,
  options: { readonly env: NodeJS.ProcessEnv; readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<RunningStack> {
  const supervisor = stackSupervisor(directory)
  if (!supervisor) return startStack(directory, options)
  const deadline = performance.now() + OTHERS_START_WITHIN_MS
  while (performance.now() < deadline && stackSupervisor(directory)) {
    options.signal.throwIfAborted()
    const env = await readStackEnv(directory)
    if (env) {
      options.say(`stack: using the one that runs (supervisor: process ${supervisor.pid}); it stays when this ends`)
      return { env, stop: async () => {}, kill: () => {} }
    }
    await sleep(200)
  }
  throw new StackError(
    'part_failed',
    `The stack that process ${supervisor.pid} was starting did not become ready; see ${directory.logs}/supervisor.log, or stop it with "npm run stack:down".`,
  )
}
