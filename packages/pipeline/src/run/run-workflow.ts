import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { checkAgainst } from '../check-against.ts'
import { type Clock, systemClock } from '../clock.ts'
import { toJson } from '../json/json-output.ts'
import type { AroundAttempt } from '../step.ts'
import { checkKey } from '../store/check-keys.ts'
import type { RunStore } from '../store/run-store.ts'
import type { AnyWorkflow, Workflow } from '../workflow/define-workflow.ts'
import { type Beginning, beginRun } from './begin-run.ts'
import { endFailed, endRun, fromEnding, wordsOf } from './end-run.ts'
import type { RunResult } from './run-result.ts'
import { runRounds } from './run-rounds.ts'
import { RunScope } from './run-scope.ts'
import type { RunObserver } from './run-transition.ts'
import { runCancelled, watchForEnd } from './watch-for-end.ts'

export interface RunSettings {
  /** The run's idempotency key: one key stands for one run of one input, however often it is asked for. */
  readonly key: string
  /** Without one nothing is kept: no memoisation, no resuming. */
  readonly store?: RunStore | undefined
  readonly clock?: Clock | undefined
  /** From 0 to below 1; for the jitter of delays. */
  readonly random?: (() => number) | undefined
  readonly observers?: readonly RunObserver[] | undefined
  readonly around?: AroundAttempt | undefined
  /** Cancels the run: `run_cancelled`. What is stored of it stays, and the next run of its key goes on from there. */
  readonly signal?: AbortSignal | undefined
  /** When the run must have ended, in milliseconds since the epoch; the workflow's own `timeout` holds as well. */
  readonly deadline?: number | undefined
}

/** The context may be left out where no step needs one. */
export type RunOptions<Context> = RunSettings &
  (unknown extends Context ? { readonly context?: Context } : { readonly context: Context })

/**
 * Runs a workflow, or goes on with a run of the same key. With a store, a run that ended returns its output again without
 * executing anything, and one that was cut off is resumed at its first unfinished nodes. The output is what JSON, or the
 * schema of the last step, makes of it, with a store and without, so that it is always the same.
 * @throws StepError where a step failed; AppError `invalid_key`, `invalid_workflow_input`, `unserialisable_input`,
 * `run_key_reused`, `workflow_without_output`, `invalid_run_status` (permanent), `run_deadline_exceeded`,
 * `rounds_exhausted`, `run_version_contended` (retryable), `run_cancelled` (fate of the signal's reason),
 * `workflow_version_unknown` (unknown); what the store throws.
 */
export async function runWorkflow<Given, Output, Context>(
  workflow: Workflow<Given, Output, Context>,
  input: NoInfer<Given>,
  options: RunOptions<NoInfer<Context>>,
): Promise<RunResult<Output>> {
  return (await run(workflow, input, options)) as RunResult<Output>
}

type Options = RunSettings & { readonly context?: unknown }

async function run(asked: AnyWorkflow, given: unknown, options: Options): Promise<RunResult<unknown>> {
  const { key, signal, clock = systemClock } = options
  const startedAt = clock.now()
  let input: unknown
  let beginning: Beginning
  let ended: RunResult<unknown> | undefined
  try {
    checkKey('the key of a run', key)
    if (signal?.aborted) throw runCancelled({ key, workflow: asked.name }, signal.reason)
    input = checkRunInput(asked, given)
    beginning = await begin(asked, given, options, new Date(startedAt))
    if (beginning.kind === 'ended') ended = fromEnding(beginning.workflow, beginning.ending)
  } catch (error) {
    throw tellFailure(openScope(asked, options, clock, startedAt), error)
  }
  const { workflow } = beginning
  const scope = openScope(workflow, options, clock, startedAt)
  if (ended !== undefined) return tellEnd(scope, ended)
  if (scope.isObserved) scope.tell({ kind: beginning.kind === 'resumed' ? 'run_resumed' : 'run_started' })
  const stopWatching = watchForEnd(scope, signal)
  try {
    const output = await runRounds(scope, workflow, workflow === asked ? input : checkRunInput(workflow, given))
    return tellEnd(scope, await endRun(scope, workflow, output))
  } catch (error) {
    return await settleFailure(scope, workflow, error, signal)
  } finally {
    stopWatching()
  }
}

function checkRunInput({ name, input }: AnyWorkflow, given: unknown): unknown {
  return checkAgainst(input.schema, given, 'invalid_workflow_input', `the input of workflow "${name}"`)
}

async function begin(workflow: AnyWorkflow, given: unknown, { key, store }: Options, at: Date): Promise<Beginning> {
  if (store === undefined) return { kind: 'started', workflow }
  const input = toJson(given ?? null, 'unserialisable_input', `the input of workflow "${workflow.name}"`)
  return beginRun(store, workflow, { key, input, at })
}

function openScope(workflow: AnyWorkflow, options: Options, clock: Clock, startedAt: number): RunScope {
  const { key, context, store, random = Math.random, observers = [], around } = options
  const deadline = Math.min(options.deadline ?? Infinity, startedAt + workflow.timeout)
  return new RunScope({ key, workflow, context, store, clock, random, observers, around, startedAt, deadline })
}

function tellEnd(scope: RunScope, result: RunResult<unknown>): RunResult<unknown> {
  const { status, endedHere } = result
  if (!scope.isObserved) return result
  scope.tell(endedHere ? { kind: 'run_completed', status, duration: scope.elapsed } : { kind: 'run_ended', status })
  return result
}

/** A run that its caller cancelled stays open in the store; any other failure is noted there. */
async function settleFailure(scope: RunScope, workflow: AnyWorkflow, error: unknown, signal: AbortSignal | undefined) {
  const isCancelled = signal?.aborted === true && error === scope.cancellation.reason
  const end = isCancelled ? { failure: error } : await endFailed(scope, workflow, error)
  if ('result' in end) return tellEnd(scope, end.result)
  throw tellFailure(scope, end.failure)
}

function tellFailure(scope: RunScope, error: unknown): unknown {
  const { fate } = classifyError(error)
  if (scope.isObserved) scope.tell({ kind: 'run_failed', duration: scope.elapsed, fate, ...wordsOf(error) })
  return error
}
