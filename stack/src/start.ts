import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { statusLines } from './print-status.ts'
import { liveLine } from './services/live-line.ts'
import { statusLine } from './services/metrics.ts'
import { printableStart } from './services/print-start.ts'
import { runSetup } from './services/run-setup.ts'
import { SERVICE_NAMES } from './services/service-names.ts'
import { chooseServicePorts } from './services/service-ports.ts'
import { metricsAddresses, type RunningServices, startServices } from './services/start-services.ts'
import { useStack } from './services/use-stack.ts'
import { totalsReader } from './services/watch-totals.ts'
import { stackDirectory } from './stack-directory.ts'
import { StackError } from './stack-error.ts'
import type { RunningStack } from './start-stack.ts'
import { lockFile, removeState } from './state/running-state.ts'
import { onStopSignals } from './stop-signals.ts'
import { findOrphans, stopOrphans } from './supervisor/orphans.ts'
import { lockForThisProcess, removePidFile } from './supervisor/pid-file.ts'
import { ProcessFailed } from './supervisor/process-spec.ts'

/**
 * `npm start`: the stack, the set-up, the three services; then a live status until Ctrl-C.
 * Exits 0 after Ctrl-C, 78 when a setting is wrong, 1 when something does not run, 130 when Ctrl-C came twice.
 */
const directory = stackDirectory(process.env)
const live = liveLine(process.stdout, () => performance.now())
let stack: RunningStack | undefined
let services: RunningServices | undefined

const lock = lockFile(directory, 'services')
mkdirSync(directory.run, { recursive: true })
const held = lockForThisProcess(lock)
if (held !== true) {
  live.say(`Everything already runs (process ${held.pid}); "npm run stack:down" stops it.`)
  for (const line of statusLines(directory, new Date())) live.say(line)
  process.exit(0)
}

const asked = onStopSignals(() => {
  live.say('Ending everything at once.')
  services?.kill()
  stack?.kill()
  removePidFile(lock)
  process.exit(130)
})

process.exitCode = await startAndWatch().catch(explain)
await stopEverything()
process.exit()

async function startAndWatch(): Promise<number> {
  await stopOrphans(await findOrphans(directory.run, SERVICE_NAMES), 30_000, live.say)
  const ports = await chooseServicePorts(process.env, live.say)
  stack = await useStack(directory, { env: process.env, say: live.say, signal: asked })
  const env = { ...stack.env, ...withoutEmpty(process.env) }

  live.say('setup: migrating the database, registering schemas, creating topics')
  await runSetup(directory, env, asked)
  services = startServices(directory, ports, env, live.say)
  await Promise.race([services.firstReady, once(asked, 'abort')])
  asked.throwIfAborted()

  for (const line of printableStart(directory, ports, process.env)) live.say(line)
  await Promise.race([watchTotals(totalsReader(metricsAddresses(ports))), services.failed.then(rethrow)])
  return 0
}

async function watchTotals(read: () => Promise<Parameters<typeof statusLine>[0]>): Promise<void> {
  while (!asked.aborted) {
    live.show(statusLine(await read()))
    await sleep(1_000, undefined, { signal: asked }).catch(() => {})
  }
}

async function stopEverything(): Promise<void> {
  live.end()
  const started = services !== undefined || stack !== undefined
  if (started) live.say('Stopping: the services finish what is in flight (Ctrl-C again ends them at once).')
  await services?.stop()
  await stack?.stop()
  removeState(directory, 'services')
  removePidFile(lock)
  if (started) live.say('Everything that was started here is stopped.')
}

/** Says what went wrong, in one sentence where it is known, and returns the exit code. */
function explain(error: unknown): number {
  live.end()
  if (asked.aborted) return 0
  if (error instanceof StackError) live.say(error.message)
  else if (error instanceof ProcessFailed)
    live.say(`${error.message}. Its log is ${directory.logs}/${error.event.name}.log.`)
  else live.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  if (error instanceof StackError) return error.exitCode
  return error instanceof ProcessFailed && error.event.exitCode === 78 ? 78 : 1
}

function rethrow(error: unknown): never {
  throw error
}

/** A variable set to nothing counts as not set. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
}
