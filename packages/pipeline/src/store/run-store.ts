/**
 * What the engine keeps of a run so that it outlives its process. A run is known by its idempotency key.
 *
 * Outputs are JSON text, the empty text where a node returned undefined: an adapter stores and returns them as they are,
 * so that a dependent sees the same value whether the node ran just now or before a crash.
 *
 * Every write is durable when its promise resolves. Where two workers are on one run, each node is executed by the one
 * that holds its claim, and the first ending stays; the other one learns of it by the value that a call returns.
 * All throw what their database throws.
 */
export interface RunStore {
  /** Opens the record of a run unless there is one. A failed run begins anew and keeps its finished nodes. */
  begin(run: NewRun): Promise<BegunRun>

  /**
   * Asks for the right to execute one node of a run for `holdMs` from now, by the store's clock, so that no two
   * workers' clocks are ever compared. At most one worker holds it at a time; whoever holds it asks again with the same
   * token to hold it longer.
   */
  claim(claim: NodeClaim): Promise<ClaimOutcome>

  /**
   * Stores a node's output. False where another worker took over: the output of whoever holds it now counts. A claim that
   * ran out and that nobody took over still counts, and so does the first output where a call is repeated.
   */
  complete(claim: HeldClaim, output: string): Promise<boolean>

  /**
   * Gives a claim back after an attempt that is known to have failed. Nothing happens where another worker took over, or
   * the node is finished.
   */
  release(claim: HeldClaim): Promise<void>

  /**
   * Closes a run. The first final ending stays; the one that stands is returned. A failure is not final.
   * @throws AppError `run_not_found` (retryable) where the run's record is gone.
   */
  end(key: string, ending: RunEnding): Promise<RunEnding>

  /**
   * Lets a run that has not ended go on under another version of its workflow, without what the nodes of the old one
   * returned. False where it has ended for good or its version is no longer `from`.
   */
  restart(key: string, from: string, to: string): Promise<boolean>

  /** Everything that is stored of a run; null if there is none. */
  read(key: string): Promise<StoredRun | null>
}

export interface NewRun {
  /** The run's idempotency key. */
  readonly key: string
  readonly workflow: string
  readonly version: string
  /** JSON text. */
  readonly input: string
  readonly at: Date
}

/** What a run was begun with, which stays. */
interface Begun {
  readonly workflow: string
  readonly version: string
  /** JSON text. */
  readonly input: string
}

export type BegunRun =
  /** There was no record. Nothing of it can be stored yet. */
  | { readonly kind: 'new' }
  /** Begun before and not ended, or failed. */
  | ({ readonly kind: 'resumed' } & Begun)
  /** Ended for good. */
  | ({ readonly kind: 'ended'; readonly ending: RunEnding } & Begun)

/** Which execution of which node. */
export interface NodeId {
  /** The run's idempotency key. */
  readonly run: string
  readonly version: string
  /**
   * The node's name; of a fan-out, `enrich[0]` for whichever item has that idempotency key, `enrich[1]` for the next one
   * with the same.
   */
  readonly node: string
  /** The step's own idempotency key: another input is another execution. */
  readonly idempotencyKey: string
}

export interface HeldClaim extends NodeId {
  /** Which worker: random, one a run in a process. */
  readonly token: string
  readonly at: Date
}

export interface NodeClaim extends HeldClaim {
  /** Milliseconds after which another worker may take over. */
  readonly holdMs: number
}

export type ClaimOutcome =
  /**
   * `interrupted`: some worker held it and neither finished nor gave it back; it may have had its effect. Once so, it
   * stays so until the node is finished: that a later attempt was given back says nothing of the one that was cut off.
   */
  | { readonly kind: 'claimed'; readonly interrupted: boolean }
  | { readonly kind: 'held'; readonly forMs: number }
  /** JSON text. */
  | { readonly kind: 'finished'; readonly output: string }

export interface RunEnding {
  /** `completed` and whatever else a workflow's `statusOf` names are final; `failed` is not. */
  readonly status: string
  /** JSON text; null where failed, or where the workflow returned undefined. */
  readonly output: string | null
  readonly error: { readonly code: string; readonly message: string } | null
  /** Every node that was run, skipped or taken from the store, in the order they ended. */
  readonly steps: readonly StoredStep[]
  readonly at: Date
}

/** How one node of a run went, as it is stored. */
export interface StoredStep {
  readonly name: string
  readonly status: 'completed' | 'failed' | 'memoised' | 'skipped' | 'cancelled'
  readonly startedAt: Date
  /** Milliseconds. */
  readonly duration: number
  readonly attempts: number
  readonly error?: { readonly code: string; readonly message: string }
}

export interface StoredRun {
  readonly key: string
  readonly workflow: string
  readonly version: string
  readonly input: string
  /** `running`, `failed`, `completed` or another ending. */
  readonly status: string
  readonly output: string | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly steps: readonly StoredStep[]
  readonly createdAt: Date
  readonly completedAt: Date | null
}
