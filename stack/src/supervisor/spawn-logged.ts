import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import type { ProcessSpec } from './process-spec.ts'

/** What of a process's description says how to start it. */
type LoggedSpec = Pick<ProcessSpec, 'command' | 'args' | 'cwd' | 'env' | 'logFile' | 'errorFile' | 'priority'>

/** How a process ended: an exit code, a signal, or that it could not be started at all. */
export type Exit = {
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
  /** In words. */
  readonly how: string
}

/** A process that writes to its log file. */
export type LoggedProcess = {
  readonly pid: number | undefined
  readonly exited: Promise<Exit>
  /** Where in the logs its own output begins, in bytes. */
  readonly logFrom: number
  readonly errorFrom: number
}

/**
 * Starts a process that leads a group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which
 * stops the others in order. It writes to its files directly: it lives on, and can be found, if the supervisor is killed.
 */
export function spawnLogged(spec: LoggedSpec): LoggedProcess {
  const log = openAppending(spec.logFile)
  const errors = spec.errorFile === undefined ? log : openAppending(spec.errorFile)
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log.fd, errors.fd],
    })
    if (spec.priority !== undefined && child.pid !== undefined) setPriority(child.pid, spec.priority)
    return { pid: child.pid, exited: exitOf(child, spec.command), logFrom: log.size, errorFrom: errors.size }
  } finally {
    closeSync(log.fd)
    if (errors !== log) closeSync(errors.fd)
  }
}

function openAppending(path: string): { fd: number; size: number } {
  mkdirSync(dirname(path), { recursive: true })
  const fd = openSync(path, 'a', 0o600)
  return { fd, size: fstatSync(fd).size }
}

function exitOf(child: ChildProcess, command: string): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve({ code: undefined, signal: undefined, how: `${command} could not be started (${error.message})` }),
    )
    child.once('exit', (code, signal) =>
      resolve({
        code: code ?? undefined,
        signal: signal ?? undefined,
        how: signal ? `ended by ${signal}` : `exit code ${code}`,
      }),
    )
  })
}
