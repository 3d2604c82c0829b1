/** Why the stack could not do what was asked; stable, for scripts and tests. */
export type StackErrorCode =
  | 'prerequisite_missing'
  | 'download_failed'
  | 'port_in_use'
  | 'configuration'
  | 'part_failed'
  | 'already_running'
  | 'not_running'

/** A failure a person can act on: the message is one clear sentence saying what happened, where, and what to do. */
export class StackError extends Error {
  readonly code: StackErrorCode
  /** What the process should exit with: 78 (EX_CONFIG) when a setting is wrong, otherwise 1. */
  readonly exitCode: number

  constructor(code: StackErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StackError'
    this.code = code
    this.exitCode = code === 'configuration' || code === 'port_in_use' ? 78 : 1
  }
}
