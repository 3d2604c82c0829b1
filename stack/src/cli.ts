import { rm } from 'node:fs/promises'
import { Command } from 'commander'
import { isAllReady, statusLines } from './print-status.ts'
import { stackDirectory } from './stack-directory.ts'
import { StackError } from './stack-error.ts'
import { stackSupervisor, startDetached } from './start-detached.ts'
import { leftBehind, liveSupervisors, stopAll } from './stop-all.ts'
import { stopOrphans } from './supervisor/orphans.ts'

/** What `systemctl status` exits with for a unit that does not run. */
const EXIT_NOT_RUNNING = 3
const ORPHANS_STOP_WITHIN_MS = 30_000

const say = (line: string) => console.log(line)
const directory = stackDirectory(process.env)

async function up(): Promise<void> {
  if (stackSupervisor(directory)) {
    say('The stack already runs:')
    return printStatus()
  }
  await stopOrphans(await leftBehind(directory), ORPHANS_STOP_WITHIN_MS, say)
  await startDetached(directory, process.env, say)
  printStatus()
  say(`Addresses and secrets: ${directory.envFile}. Stop it with "npm run stack:down".`)
}

async function down(): Promise<void> {
  say((await stopAll(directory, say)) ? 'Everything is stopped.' : 'Nothing runs.')
}

function printStatus(): void {
  for (const line of statusLines(directory, new Date())) say(line)
}

async function status(): Promise<void> {
  const orphans = await leftBehind(directory)
  for (const { name, process } of orphans) say(`${name}: runs without its supervisor (process ${process.pid})`)
  if (orphans.length > 0) {
    say('"npm run stack:down" stops these; the next start does so too.')
    process.exitCode = 1
  } else if (liveSupervisors(directory).length === 0) {
    say('Nothing runs. "npm start" starts everything, "npm run stack:up" the stack alone.')
    process.exitCode = EXIT_NOT_RUNNING
  }
  printStatus()
  if (liveSupervisors(directory).length > 0 && !isAllReady(directory)) process.exitCode = 1
}

async function reset(options: { stop?: boolean }): Promise<void> {
  if (options.stop) await stopAll(directory, say)
  const [running] = liveSupervisors(directory)
  if (running) {
    throw new StackError(
      'already_running',
      `The stack runs (supervisor: process ${running.process.pid}): stop it with "npm run stack:down" first, or use "npm run stack:reset -- --stop".`,
    )
  }
  await stopAll(directory, say) // parts that a killed supervisor left must not write into deleted data
  for (const path of [directory.data, directory.logs, directory.run, directory.portsFile]) {
    await rm(path, { recursive: true, force: true })
  }
  say(`The data and logs in ${directory.root} are deleted; downloads are kept.`)
}

const program = new Command('stack').description(
  'The local stack: Kafka, MongoDB and a schema registry, without Docker.',
)
program.command('up').description('start it and return when it is ready').action(up)
program.command('down').description('stop it, and what npm start runs').action(down)
program.command('status').description('tell what runs; exits 3 when nothing does').action(status)
program
  .command('reset')
  .description('delete its data and logs, keep the downloads')
  .option('--stop', 'stop it first if it runs')
  .action(reset)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof StackError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
