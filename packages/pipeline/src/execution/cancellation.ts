/**
 * One run's end before its time, in two degrees. `drain`: what is under way may finish, nothing new begins and waits end;
 * `abort`: the signal aborts as well. One signal serves all nodes of a run, and is made only if somebody looks at it.
 */
export class Cancellation {
  #controller: AbortController | undefined
  #stopReason: unknown
  #isStopping = false
  #isAborted = false
  readonly #waits = new Set<() => void>()
  readonly #attempts = new Set<AbortController>()

  /** Whether nothing new may begin. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  get isAborted(): boolean {
    return this.#isAborted
  }

  /** Why it stops: the first reason that was given, or the first one to abort. */
  get reason(): unknown {
    return this.#stopReason
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isAborted) this.#controller.abort(this.#stopReason)
    }
    return this.#controller.signal
  }

  drain(reason: unknown): void {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#stopReason = reason
    for (const end of [...this.#waits]) end()
  }

  abort(reason: unknown): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#stopReason = reason
    this.#controller?.abort(reason)
    for (const attempt of this.#attempts) attempt.abort(reason)
    if (this.#isStopping) return
    this.#isStopping = true
    for (const end of [...this.#waits]) end()
  }

  /** Lets a wait end early when nothing new may begin. What is returned takes it back. */
  onStop(end: () => void): () => void {
    if (this.#isStopping) {
      end()
      return () => {}
    }
    this.#waits.add(end)
    return () => this.#waits.delete(end)
  }

  /** Hands a later abort on to an attempt with a time limit of its own. What is returned takes it back. */
  link(attempt: AbortController): () => void {
    this.#attempts.add(attempt)
    return () => this.#attempts.delete(attempt)
  }
}
