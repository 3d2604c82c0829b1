import { checkStepInput } from './check-against.ts'
import type { Clock } from './clock.ts'
import { Cancellation } from './execution/cancellation.ts'
import { cancelled } from './execution/cancelled.ts'
import { executeStep, handOn } from './execution/execute-step.ts'
import { onAbort } from './execution/on-abort.ts'
import type { StepWork } from './execution/step-work.ts'
import { generateIdempotencyKey } from './generate-idempotency-key.ts'
import { notify } from './notify.ts'
import { StepError, toStepFailure } from './step-error.ts'
import type { StepObserver, StepRecord } from './step-record.ts'

export interface SequenceSettings {
  readonly context: unknown
  readonly clock: Clock
  readonly random: () => number
  readonly observer: StepObserver | undefined
  readonly signal: AbortSignal | undefined
}

type Executable = StepWork['step']

/** What the steps of one sequence share while they run. */
interface Sequence extends SequenceSettings {
  readonly cancellation: Cancellation
  readonly records: StepRecord[]
}

/** Executes steps one after the other, each on the output of the one before: the last one's output. */
export async function runSequence(
  steps: readonly Executable[],
  input: unknown,
  settings: SequenceSettings,
): Promise<{ readonly output: unknown; readonly records: readonly StepRecord[] }> {
  const { signal } = settings
  const sequence: Sequence = { ...settings, cancellation: new Cancellation(), records: [] }
  const stopListening = onAbort(signal, () =>
    sequence.cancellation.abort(cancelled('the sequence was cancelled', signal?.reason)),
  )
  try {
    let value = input
    for (const step of steps) value = await runStep(step, value, sequence)
    return { output: value, records: sequence.records }
  } finally {
    stopListening()
  }
}

async function runStep(step: Executable, given: unknown, sequence: Sequence): Promise<unknown> {
  const { context, clock, random, observer, cancellation, records } = sequence
  if (cancellation.isStopping) throw cancellation.reason
  const { name } = step
  const startedAt = clock.now()
  let idempotencyKey = ''
  const work = {
    ...{ step, name, input: given, context, clock, random, cancellation },
    ...{ run: undefined, around: undefined, deadline: Infinity },
    ...{ attempts: 0, firstAttemptAt: 0 },
    isReadBack: step.output !== undefined,
    mayStart: () => !cancellation.isStopping,
    onRetry: () => {},
    get idempotencyKey() {
      return generateIdempotencyKey(name, idempotencyKey)
    },
  }
  const end = (outcome: Pick<StepRecord, 'status' | 'error'>) => {
    const duration = clock.now() - startedAt
    const { attempts } = work
    const record = { name, idempotencyKey, startedAt: new Date(startedAt), duration, attempts, ...outcome }
    records.push(record)
    if (observer !== undefined) notify(observer, { kind: 'ended', record })
  }
  try {
    work.input = checkStepInput(step, given)
    idempotencyKey = step.idempotencyKey(work.input)
    if (observer !== undefined) {
      notify(observer, { kind: 'started', name, idempotencyKey, at: new Date(startedAt) })
    }
    const output = handOn(work, await executeStep(work))
    end({ status: 'completed' })
    return output
  } catch (cause) {
    if (cancellation.isAborted) {
      end({ status: 'cancelled' })
      throw cancellation.reason
    }
    const failure = toStepFailure(cause, step.retryable)
    end({ status: 'failed', error: { code: failure.code, message: failure.message } })
    throw new StepError(name, failure, records, cause)
  }
}
