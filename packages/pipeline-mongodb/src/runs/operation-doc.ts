import type { NewRun, RunEnding, StoredRun, StoredStep } from '@buyer-group/pipeline/store/run-store.ts'
import type { PipelineOperationDoc, PipelineStepRecord } from '@buyer-group/shared/mongo/collections.ts'
import { fromJsonField, toJsonField } from '../json/json-field.ts'

/** Not final: the run may go on. */
export const OPEN: readonly string[] = ['running', 'failed']

/** More than that of one run is counted, not kept, so that no run outgrows its document. */
const MAX_STEPS = 2_000
const MAX_MESSAGE = 500

export function toNewDoc(run: NewRun, keptMs: number): PipelineOperationDoc {
  const input = toJsonField(run.input)
  return {
    idempotencyKey: run.key,
    pipelineName: run.workflow,
    pipelineVersion: run.version,
    input: input.value,
    ...(input.text === undefined ? {} : { inputText: input.text }),
    status: 'running',
    steps: [],
    createdAt: run.at,
    expiresAt: new Date(run.at.getTime() + keptMs),
  }
}

/** The fields that an ending sets; those that are missing are removed. */
export type EndedFields = Pick<
  PipelineOperationDoc,
  'status' | 'steps' | 'stepsOmitted' | 'output' | 'outputText' | 'error' | 'completedAt'
>

export function toEndedFields(
  { status, output, error, steps, at }: RunEnding,
  describeOutput?: (output: unknown, status: string) => unknown,
): EndedFields {
  const describe = describeOutput === undefined ? undefined : (value: unknown) => describeOutput(value, status)
  const stored = output === null ? undefined : toJsonField(output, describe)
  return {
    status,
    completedAt: at,
    steps: steps.slice(0, MAX_STEPS).map(toStepDoc),
    ...(steps.length > MAX_STEPS ? { stepsOmitted: steps.length - MAX_STEPS } : {}),
    ...(stored === undefined ? {} : { output: stored.value }),
    ...(stored?.text === undefined ? {} : { outputText: stored.text }),
    ...(error === null ? {} : { error: { code: error.code, message: error.message } }),
  }
}

function toStepDoc({ name, status, startedAt, duration, attempts, error }: StoredStep): PipelineStepRecord {
  const shortened = error && { code: error.code, message: error.message.slice(0, MAX_MESSAGE) }
  return { name, status, startedAt, duration, attempts, ...(shortened && { error: shortened }) }
}

export function toStoredRun(doc: PipelineOperationDoc): StoredRun {
  const { status, output, error, steps } = toOutcome(doc)
  return {
    key: doc.idempotencyKey,
    workflow: doc.pipelineName,
    version: doc.pipelineVersion,
    input: inputOf(doc),
    status,
    output,
    error,
    steps,
    createdAt: doc.createdAt,
    completedAt: doc.completedAt ?? null,
  }
}

/** The ending of a run that has one. */
export function toEnding(doc: PipelineOperationDoc): RunEnding {
  return { ...toOutcome(doc), at: doc.completedAt ?? doc.createdAt }
}

export const inputOf = (doc: PipelineOperationDoc): string => fromJsonField(doc.input, doc.inputText)

function toOutcome(doc: PipelineOperationDoc): Omit<RunEnding, 'at'> {
  const hasOutput = doc.output !== undefined || doc.outputText !== undefined
  return {
    status: doc.status,
    output: hasOutput ? fromJsonField(doc.output, doc.outputText) : null,
    error: doc.error ?? null,
    steps: doc.steps.map((step) => ({ ...step, attempts: step.attempts ?? 1 })),
  }
}
