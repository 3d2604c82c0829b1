import { join } from 'node:path'
import type { StackDirectory } from '../stack-directory.ts'
import { StackError } from '../stack-error.ts'
import { lastWords } from '../supervisor/last-words.ts'
import { spawnLogged } from '../supervisor/spawn-logged.ts'
import { signalProcess } from '../supervisor/stop-process.ts'
import { EXIT_CONFIGURATION } from './service-spec.ts'

/**
 * Migrates MongoDB, registers the schemas and creates the topics, by the project's own set-up program.
 * @throws StackError with the program's sentence when it fails
 */
export async function runSetup(directory: StackDirectory, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const logFile = join(directory.logs, 'setup.log')
  const setup = spawnLogged({
    command: process.execPath,
    args: [join('packages', 'shared', 'src', 'setup', 'main.ts')],
    cwd: directory.project,
    env,
    logFile,
  })
  const abort = () => setup.pid !== undefined && signalProcess(setup.pid, 'SIGTERM')
  signal.addEventListener('abort', abort, { once: true })
  const exit = await setup.exited
  signal.removeEventListener('abort', abort)
  signal.throwIfAborted()
  if (exit.code === 0) return
  throw new StackError(
    exit.code === EXIT_CONFIGURATION ? 'configuration' : 'part_failed',
    `The set-up of database, schemas and topics failed: ${lastWords(logFile, setup.logFrom) || exit.how}. Its log is ${logFile}.`,
  )
}
