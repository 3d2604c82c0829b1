import { setTimeout as sleep } from 'node:timers/promises'
import { restartDelay } from './backoff.ts'
import { lastWords } from './last-words.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { processIdentity } from './process-identity.ts'
import { type ProcessEvent, ProcessFailed, type ProcessSpec } from './process-spec.ts'
import { type Exit, type LoggedProcess, spawnLogged } from './spawn-logged.ts'
import { signalProcess, stopProcess } from './stop-process.ts'

/** Having run this long, a process that dies is restarted as if it were the first time. */
const STEADY_AFTER_MS = 60_000
const READY_POLL_MS = 100

/** A process that is kept running until it is stopped. */
export type Supervised = {
  readonly name: string
  /** Resolves when it is ready for the first time; rejects with ProcessFailed when it never will be, or was stopped. */
  readonly firstReady: Promise<void>
  /** Resolves with what happened when it has failed for good, also after it was ready. */
  readonly failed: Promise<ProcessFailed>
  /** Stops it in order and resolves when it is gone; may be called more than once. */
  stop(): Promise<void>
  /** Ends it at once, for whoever does not want to wait; `stop` then resolves soon. */
  kill(): void
}

/**
 * Starts a process, waits until it is ready, and restarts it with exponential backoff whenever it dies, until stopped.
 * A process that does not become ready in time is ended and counts as dead.
 */
export function superviseProcess(spec: ProcessSpec, watch: (event: ProcessEvent) => void): Supervised {
  const stopping = new AbortController()
  const ready = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<ProcessFailed>()
  ready.promise.catch(() => {}) // whoever cares awaits it; nobody may
  let wasReady = false
  let livingPid: number | undefined

  async function run(): Promise<void> {
    let deaths = 0
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const child = spawnLogged(spec)
      if (child.pid !== undefined) {
        livingPid = child.pid
        writePidFile(spec.pidFile, child.pid)
        watch({ type: 'started', name: spec.name, pid: child.pid })
      }
      const exit = await untilExit(child, startedAt)
      livingPid = undefined
      removePidFile(spec.pidFile)
      if (stopping.signal.aborted) return

      deaths = performance.now() - startedAt > STEADY_AFTER_MS ? 1 : deaths + 1
      const words = exit.signal === 'SIGKILL' ? '' : wordsOf(spec, child) // killed from outside, it had no time to say why
      const final = exit.code !== undefined && spec.finalExitCodes.includes(exit.code)
      if (final || (!wasReady && deaths >= spec.startTries)) {
        const event = { type: 'failed', name: spec.name, how: exit.how, exitCode: exit.code, lastWords: words } as const
        watch(event)
        const failure = new ProcessFailed(event)
        ready.reject(failure)
        failed.resolve(failure)
        return
      }
      const restartInMs = restartDelay(deaths, spec.backoff)
      watch({ type: 'died', name: spec.name, how: exit.how, lastWords: words, restartInMs })
      await sleep(restartInMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  /** Follows one life: readiness, and a stop if one is asked for. */
  async function untilExit(child: LoggedProcess, startedAt: number): Promise<Exit> {
    const { pid } = child
    if (pid === undefined) return child.exited
    const over = new AbortController()
    let ended: Promise<void> | undefined
    const stop = () => {
      ended = end(pid)
    }
    stopping.signal.addEventListener('abort', stop, { once: true })
    if (stopping.signal.aborted) stop()
    const becameReady = pollReady(over.signal, startedAt)
    void becameReady.then((is) => {
      if (over.signal.aborted || stopping.signal.aborted) return
      if (!is) return void stopProcess({ pid, identity: processIdentity(pid) ?? '' }, 1_000)
      watch({ type: 'ready', name: spec.name, pid, afterMs: performance.now() - startedAt, first: !wasReady })
      wasReady = true
      ready.resolve()
    })
    const exit = await child.exited
    await ended
    over.abort()
    stopping.signal.removeEventListener('abort', stop)
    const late = (await becameReady) === false && !stopping.signal.aborted
    return late ? { ...exit, how: `not ready within ${spec.readyWithinMs / 1000} s` } : exit
  }

  async function pollReady(over: AbortSignal, startedAt: number): Promise<boolean> {
    while (!over.aborted) {
      if (await spec.isReady().catch(() => false)) return true
      if (performance.now() - startedAt > spec.readyWithinMs) return false
      await sleep(READY_POLL_MS, undefined, { signal: over }).catch(() => {})
    }
    return true
  }

  async function end(pid: number): Promise<void> {
    const identity = processIdentity(pid)
    const how = identity === undefined ? 'stopped' : await stopProcess({ pid, identity }, spec.stopWithinMs)
    watch({ type: 'stopped', name: spec.name, killed: how === 'killed' })
  }

  const running = run()
  return {
    name: spec.name,
    firstReady: ready.promise,
    failed: failed.promise,
    async stop() {
      stopping.abort()
      await running
      removePidFile(spec.pidFile)
      ready.reject(new Error(`${spec.name} was stopped before it was ready`))
    },
    kill() {
      stopping.abort()
      if (livingPid !== undefined) signalProcess(-livingPid, 'SIGKILL')
    },
  }
}

function wordsOf(spec: ProcessSpec, child: LoggedProcess): string {
  const fromErrors = spec.errorFile === undefined ? '' : lastWords(spec.errorFile, child.errorFrom)
  return fromErrors || lastWords(spec.logFile, child.logFrom)
}
