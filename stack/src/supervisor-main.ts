import { stackDirectory } from './stack-directory.ts'
import { StackError } from './stack-error.ts'
import { startStack } from './start-stack.ts'

/**
 * The detached supervisor of `stack:up`: starts the stack, tells its parent over IPC how that goes, then keeps the
 * stack running until SIGTERM. Without a parent its sentences go to its log, supervisor.log.
 */
export type SupervisorMessage =
  | { readonly type: 'say'; readonly line: string }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly exitCode: number }

const starting = new AbortController()
const stopAsked = Promise.withResolvers<void>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    starting.abort(new Error('stopped while it started'))
    stopAsked.resolve()
  })
}
process.on('SIGHUP', () => {}) // the terminal that started it may close

const say = (line: string) => {
  console.log(`${new Date().toISOString()} ${line}`)
  tell({ type: 'say', line })
}

try {
  const stack = await startStack(stackDirectory(process.env), { env: process.env, say, signal: starting.signal })
  tell({ type: 'ready' })
  setInterval(() => {}, 60_000) // when every part was given nothing else keeps this process alive
  await stopAsked.promise
  say('stack: stopping')
  await stack.stop()
  say('stack: stopped')
  process.exit(0)
} catch (error) {
  const known = error instanceof StackError
  const message = error instanceof Error ? error.message : String(error)
  console.error(`${new Date().toISOString()} ${known ? message : error instanceof Error ? error.stack : message}`)
  const exitCode = known ? error.exitCode : 1
  tell({ type: 'failed', code: known ? error.code : 'unknown', message, exitCode })
  process.exit(exitCode)
}

function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, () => {})
}
