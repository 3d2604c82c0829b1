import type { StoredStep } from '../store/run-store.ts'

export interface RunResult<Output> {
  readonly output: Output
  /** What `statusOf` says of the output; `completed` unless it says something else. */
  readonly status: string
  /** How each node went, in the order they ended; where the run was ended elsewhere, how they went there. */
  readonly steps: readonly StoredStep[]
  /** False where the run had ended before, or another worker ended it first: then that ending's output is returned. */
  readonly endedHere: boolean
}
