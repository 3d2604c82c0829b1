import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { fromJson, readNodeOutput, toJson } from '../json/json-output.ts'
import type { RunEnding } from '../store/run-store.ts'
import type { AnyWorkflow } from '../workflow/define-workflow.ts'
import { runMoved } from './begin-run.ts'
import type { RunResult } from './run-result.ts'
import type { RunScope } from './run-scope.ts'
import { untilStored } from './store-patience.ts'

/** What a run that has not ended, or not for good, is called in the store. */
const NOT_FINAL = new Set(['running', 'failed', ''])

/**
 * Closes a run that came to its output. Where another worker closed it first, that ending's output is returned.
 * @throws AppError `run_version_contended` (retryable) where the run moved to another version meanwhile.
 */
export async function endRun(scope: RunScope, workflow: AnyWorkflow, output: unknown): Promise<RunResult<unknown>> {
  const { store, records, clock } = scope
  const status = statusOf(workflow, output)
  const write = () => toJson(output, 'unserialisable_output', `the output of workflow "${workflow.name}"`)
  if (store === undefined) {
    const { memoise, step } = workflow.output
    // What was read from JSON already needs no second reading.
    const isRead = memoise || step.output !== undefined
    return { output: isRead ? output : fromJson(write()), status, steps: records, endedHere: true }
  }
  const text = write()
  const ending = { status, output: text === '' ? null : text, error: null, steps: records, at: new Date(clock.now()) }
  const outcome = await untilStored(scope, () => store.end(scope, ending))
  if (outcome.kind === 'moved') throw runMoved(scope)
  if (outcome.kind === 'ended_elsewhere') return fromEnding(workflow, outcome.ending)
  return { ...fromEnding(workflow, ending), endedHere: true }
}

/** What comes of a run that failed here: what to throw, or the result of a worker that brought it to its end meanwhile. */
type FailedRun = { readonly failure: unknown } | { readonly result: RunResult<unknown> }

/**
 * Notes in the store why a run failed; it is not final, the next run of the key goes on from there. Of a run that moved to
 * another version this one's failure says nothing. Never throws: what the run failed of matters more.
 */
export async function endFailed(scope: RunScope, workflow: AnyWorkflow, cause: unknown): Promise<FailedRun> {
  const { store, records, clock } = scope
  const error = wordsOf(cause)
  try {
    const ending = { status: 'failed', output: null, error, steps: records, at: new Date(clock.now()) }
    const outcome = await store?.end(scope, ending)
    if (outcome?.kind === 'ended_elsewhere') return { result: fromEnding(workflow, outcome.ending) }
    if (outcome?.kind === 'moved') return { failure: runMoved(scope, cause) }
  } catch {}
  return { failure: cause }
}

/** The result of a run that was ended elsewhere. */
export function fromEnding(workflow: AnyWorkflow, { status, output, steps }: RunEnding): RunResult<unknown> {
  return { output: readNodeOutput(workflow.output, output ?? ''), status, steps, endedHere: false }
}

/** Code and words of whatever a run failed of; the words of other code may quote data and are left out. */
export function wordsOf(cause: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = classifyError(cause)
  if (cause instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${cause instanceof Error ? cause.name : 'value'}` }
}

function statusOf(workflow: AnyWorkflow, output: unknown): string {
  const status = workflow.statusOf(output as never)
  if (!NOT_FINAL.has(status)) return status
  throw new AppError(`workflow "${workflow.name}": statusOf said "${status}", which no run that ended is called`, {
    code: 'invalid_run_status',
    fate: 'permanent',
  })
}
