/** Ends a process with one sentence for the person who started it, instead of a stack trace. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
}
