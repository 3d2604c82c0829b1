import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import canonicalize from 'canonicalize'
import type { BegunRun, NewRun, RunEnding, RunStore } from '../store/run-store.ts'
import type { AnyWorkflow } from '../workflow/define-workflow.ts'
import type { RunScope } from './run-scope.ts'

/** How often a run may move to another version under us before we let it be. */
const MAX_MOVES = 10

export type Beginning =
  | { readonly kind: 'started' | 'resumed'; readonly workflow: AnyWorkflow }
  | { readonly kind: 'ended'; readonly workflow: AnyWorkflow; readonly ending: RunEnding }

interface Run {
  readonly key: string
  /** JSON text. */
  readonly input: string
  readonly at: Date
}

/**
 * Opens a run, or finds how it stands; the workflow that comes back is the one to go on by. A run that is refused is left
 * as it was.
 * @throws AppError `run_key_reused` (permanent) where the key's run has another input or workflow;
 * `workflow_version_unknown` (unknown) where it was begun by a version that the definition says nothing of;
 * `run_version_contended` (retryable); what the store throws.
 */
export async function beginRun(store: RunStore, workflow: AnyWorkflow, run: Run): Promise<Beginning> {
  const { name, version } = workflow
  const record: NewRun = { ...run, workflow: name, version }
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    const begun = await store.begin(record)
    if (begun.kind === 'new') return { kind: 'started', workflow }
    refuseOther(run, begun, name)
    const found = versionOf(workflow, begun.version)
    if (begun.kind === 'ended') return { kind: 'ended', workflow: found ?? workflow, ending: begun.ending }
    if (found !== undefined) {
      if (begun.hasFailed) await store.reopen(run.key, found.version)
      return { kind: 'resumed', workflow: found }
    }
    if (!restarts(workflow, begun.version)) throw versionUnknown(run.key, workflow, begun.version)
    if (await store.restart(run.key, begun.version, version)) return { kind: 'started', workflow }
  }
  throw versionContended(run.key, name, `was moved to another version ${MAX_MOVES} times meanwhile`)
}

/** What a worker stops with whose run is no longer of its version: begun again, it finds how the run stands. */
export function runMoved({ key, workflow, version }: RunScope, cause?: unknown): AppError {
  return versionContended(key, workflow, `was restarted by another version than "${version}" meanwhile`, cause)
}

function versionContended(key: string, workflow: string, words: string, cause?: unknown): AppError {
  return new AppError(`run "${key}" of workflow "${workflow}" ${words}; run it again later`, {
    code: 'run_version_contended',
    fate: 'retryable',
    cause,
  })
}

function versionOf(workflow: AnyWorkflow, version: string): AnyWorkflow | undefined {
  if (workflow.version === version) return workflow
  const { onVersionChange } = workflow
  if (onVersionChange.kind !== 'finish') return undefined
  return onVersionChange.earlier.find((earlier) => earlier.version === version)
}

function restarts({ onVersionChange }: AnyWorkflow, version: string): boolean {
  return onVersionChange.kind === 'restart' && onVersionChange.from.includes(version)
}

/** One key is one run of one workflow with one input. */
function refuseOther({ key, input }: Run, begun: Exclude<BegunRun, { kind: 'new' }>, name: string): void {
  const other =
    begun.workflow !== name ? 'by another workflow' : isEqual(input, begun.input) ? null : 'with another input'
  if (other === null) return
  throw new AppError(`run "${key}" of workflow "${name}" was begun ${other}; one key stands for one run: use another`, {
    code: 'run_key_reused',
    fate: 'permanent',
  })
}

/** Texts that differ may still be equal: another store or version may write the fields in another order. */
function isEqual(one: string, other: string): boolean {
  return one === other || canonicalize(JSON.parse(one)) === canonicalize(JSON.parse(other))
}

function versionUnknown(key: string, { name, version }: AnyWorkflow, found: string): AppError {
  const words = `run "${key}" of workflow "${name}" was begun by version "${found}", which version "${version}" does not know`
  return new AppError(
    `${words}; list it in onVersionChange, restart such runs, or let a process of that version finish it`,
    {
      code: 'workflow_version_unknown',
      fate: 'unknown',
    },
  )
}
