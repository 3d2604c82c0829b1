import type { Backoff } from './backoff.ts'

/** One process to keep running. */
export type ProcessSpec = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Gets standard output, and standard error too unless `errorFile` is given; appended. */
  readonly logFile: string
  readonly errorFile?: string
  readonly pidFile: string
  /** Asked again and again after each start until it answers true; a rejection counts as not yet. */
  readonly isReady: () => Promise<boolean>
  readonly readyWithinMs: number
  /** From SIGTERM until SIGKILL. */
  readonly stopWithinMs: number
  /** How many starts may fail before it has been ready once; after that it is restarted for ever. */
  readonly startTries: number
  /** Exit codes after which another start cannot help, e.g. 78 (EX_CONFIG). */
  readonly finalExitCodes: readonly number[]
  readonly backoff: Backoff
  /** Of the operating system's scheduler, -20 (first) to 19 (last); the starter's own unless given. */
  readonly priority?: number
}

/** What happens to a process, for those who watch. Times are in milliseconds. */
export type ProcessEvent =
  | { readonly type: 'started'; readonly name: string; readonly pid: number }
  | {
      readonly type: 'ready'
      readonly name: string
      readonly pid: number
      readonly afterMs: number
      readonly first: boolean
    }
  | {
      readonly type: 'died'
      readonly name: string
      readonly how: string
      readonly lastWords: string
      readonly restartInMs: number
    }
  | {
      readonly type: 'failed'
      readonly name: string
      readonly how: string
      readonly exitCode: number | undefined
      readonly lastWords: string
    }
  | { readonly type: 'stopped'; readonly name: string; readonly killed: boolean }

/** A process failed for good: it could not be made ready, or it says that another start cannot help. */
export class ProcessFailed extends Error {
  readonly event: Extract<ProcessEvent, { type: 'failed' }>

  constructor(event: Extract<ProcessEvent, { type: 'failed' }>) {
    super(`${event.name} failed (${event.how})${event.lastWords === '' ? '' : `: ${event.lastWords}`}`)
    this.name = 'ProcessFailed'
    this.event = event
  }
}
