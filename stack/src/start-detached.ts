import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { resolveParts } from './parts/resolve-parts.ts'
import type { StackDirectory } from './stack-directory.ts'
import { StackError, type StackErrorCode } from './stack-error.ts'
import { lockFile } from './state/running-state.ts'
import { type LiveProcess, readPidFile } from './supervisor/pid-file.ts'
import type { SupervisorMessage } from './supervisor-main.ts'

/** The supervisor of this directory's stack, if one lives: started by `stack:up` or by `npm start`. */
export function stackSupervisor(directory: StackDirectory): LiveProcess | undefined {
  return readPidFile(lockFile(directory, 'stack'))
}

/**
 * Starts the stack under a supervisor that lives on after this process, and returns when it is ready.
 * Checks and downloads happen here first, where a person sees the progress.
 * @throws StackError with what to do
 */
export async function startDetached(
  directory: StackDirectory,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  await resolveParts(directory, env)
  mkdirSync(directory.logs, { recursive: true })
  const log = openSync(join(directory.logs, 'supervisor.log'), 'a', 0o600)
  const supervisor = spawn(process.execPath, [join(import.meta.dirname, 'supervisor-main.ts')], {
    env: { ...env, STACK_DIR: directory.root, STACK_DOWNLOADS: directory.downloads },
    cwd: directory.project,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const interrupt = () => supervisor.kill('SIGTERM')
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    await new Promise<void>((resolve, reject) => {
      supervisor.on('message', (message: SupervisorMessage) => {
        if (message.type === 'say') say(message.line)
        else if (message.type === 'ready') resolve()
        else reject(new StackError(message.code as StackErrorCode, message.message))
      })
      supervisor.on('error', reject)
      supervisor.on('exit', (code, signal) =>
        reject(
          new StackError(
            'part_failed',
            `The supervisor ended (${signal ?? code}); see ${directory.logs}/supervisor.log.`,
          ),
        ),
      )
    })
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    if (supervisor.connected) supervisor.disconnect()
    supervisor.removeAllListeners()
    supervisor.unref()
  }
}
