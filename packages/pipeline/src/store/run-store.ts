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
  /**
   * Opens the record of a run unless there is one.
   * @throws AppError `invalid_key` (permanent) for a key that is empty or not well-formed.
   */
  begin(run: NewRun): Promise<BegunRun>

  /** Takes the failure off a run that goes on. Nothing happens where it has not failed, or moved to another version. */
  reopen(key: string, version: string): Promise<void>

  /**
   * Asks for the right to execute one node of a run for `holdMs` from now, by the store's clock, so that no two
   * workers' clocks are ever compared. At most one worker holds it at a time; whoever holds it asks again with the same
   * token to hold it longer.
   *
   * A worker that is told `moved` may hold the node all the same, where nobody else did: it gives it back.
   * @throws AppError `invalid_key` (permanent) for a key or name that is empty or not well-formed.
   */
  claim(claim: NodeClaim): Promise<ClaimOutcome>

  /**
   * Stores a node's output. False where another worker took over, whose output counts, or where the run was restarted. A
   * claim that ran out and that nobody took over still counts, and so does the first output where a call is repeated.
   */
  complete(claim: HeldClaim, output: string): Promise<boolean>

  /**
   * Gives a claim back after an attempt that is known to have failed. Nothing happens where another worker took over, or
   * the node is finished.
   */
  release(claim: HeldClaim): Promise<void>

  /**
   * Closes a run that is still of the worker's version. The first final ending stays; a failure is not final.
   * @throws AppError `run_not_found` (retryable) where the run's record is gone.
   */
  end(worker: RunWorker, ending: RunEnding): Promise<EndOutcome>

  /**
   * Lets a run that has not ended go on under another version of its workflow, without what the nodes of the old one
   * returned; but claims and outputs of steps that must not be repeated stay, and are the new version's. From then on
   * workers of the old version can neither claim a node nor end the run. False where it has ended for good or its version
   * is no longer `from`.
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

/** What a run was begun with. */
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
  | ({ readonly kind: 'resumed'; readonly hasFailed: boolean } & Begun)
  /** Ended for good. */
  | ({ readonly kind: 'ended'; readonly ending: RunEnding } & Begun)

/** Which execution of which node. */
export interface NodeId {
  /** The run's idempotency key. */
  readonly run: string
  /** Of the workflow, by which the worker goes. */
  readonly version: string
  /** False of a step that must never be executed twice: one execution counts for all versions. */
  readonly retryable: boolean
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
  /** Now, by the worker's clock: when the node began or was finished. For people only. */
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
  /** The run goes on under another version, and is not this worker's any more. */
  | { readonly kind: 'moved' }

/** Whoever runs a run. */
export interface RunWorker {
  /** The run's idempotency key. */
  readonly key: string
  /** Of the workflow, by which the worker goes. */
  readonly version: string
  readonly token: string
}

export type EndOutcome =
  /** As asked for, by this call or an earlier one of this worker. */
  | { readonly kind: 'ended' }
  /** Another worker was first; its ending stays. */
  | { readonly kind: 'ended_elsewhere'; readonly ending: RunEnding }
  /** The run goes on, or has ended, under another version. */
  | { readonly kind: 'moved' }

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
