import { setTimeout as wait } from 'node:timers/promises'
import type { ProcessSpec } from '@buyer-group/stack/supervisor/process-spec.ts'
import { type Exit, spawnLogged } from '@buyer-group/stack/supervisor/spawn-logged.ts'
import { signalProcess } from '@buyer-group/stack/supervisor/stop-process.ts'
import type { OnEnd } from './on-end.ts'

const READY_POLL_MS = 50

/** A part of the stack that one test owns: it is killed and started again on the same data and ports as wanted. */
export interface OwnProcess {
  /** Where it writes its log. */
  readonly logFile: string
  isRunning(): boolean
  /** Undefined while it does not run. */
  pid(): number | undefined
  /** Starts it, and waits until it is ready. */
  start(): Promise<void>
  /** Sends a signal; SIGSTOP and SIGCONT are none that it ends by. */
  signal(name: NodeJS.Signals): void
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>
  /** Resolves with how it ended; at once when it does not run. */
  ended(): Promise<Exit | undefined>
}

/** Describes a process without starting it. Whatever of it still runs at the end is killed. */
export function ownProcess(onEnd: OnEnd, spec: ProcessSpec): OwnProcess {
  let running: { readonly pid: number; readonly exited: Promise<Exit> } | undefined

  const end = async (signal: NodeJS.Signals) => {
    if (running === undefined) return
    const { pid, exited } = running
    signalProcess(pid, signal)
    await exited
  }
  onEnd(() => end('SIGKILL'))

  return {
    logFile: spec.logFile,
    isRunning: () => running !== undefined,
    pid: () => running?.pid,
    start: async () => {
      const { pid, exited } = spawnLogged(spec)
      if (pid === undefined) throw new Error(`${spec.name} was not started: ${(await exited).how}`)
      const started = { pid, exited }
      running = started
      void exited.then(() => {
        if (running === started) running = undefined
      })
      const deadline = performance.now() + spec.readyWithinMs
      while (!(await spec.isReady().catch(() => false))) {
        if (running !== started) throw new Error(`${spec.name} ended (${(await exited).how}); see ${spec.logFile}`)
        if (performance.now() > deadline) throw new Error(`${spec.name} is not ready in time; see ${spec.logFile}`)
        await wait(READY_POLL_MS)
      }
    },
    signal: (name) => {
      if (running !== undefined) signalProcess(running.pid, name)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    ended: async () => running?.exited,
  }
}
