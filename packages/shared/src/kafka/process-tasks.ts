import { AppError } from '../errors/app-error.ts'
import { type ClassifiedError, classifyError } from '../errors/classify-error.ts'
import { describeError } from '../logging/describe-error.ts'
import type { Verdict } from '../outcomes/verdict.ts'
import { type BackoffLimits, createBackoff, DEFAULT_BACKOFF } from './backoff.ts'
import type { MessageVerdict } from './consumer-metrics.ts'
import type { BatchHandler, Decode, Decoded, MessageHandler } from './consumer-types.ts'
import { createMover, type FailedTask, isLastAttempt, type MoveOptions } from './move-messages.ts'
import type { FailureReason } from './moved-message.ts'
import type { Task } from './task.ts'

export interface ProcessTasksOptions<Value> extends Omit<MoveOptions, 'backoff' | 'onMoved'> {
  /** By consumed topic. */
  readonly decoders: ReadonlyMap<string, Decode<Value>>
  readonly mode:
    | { readonly kind: 'batch'; readonly handle: BatchHandler<Value> }
    | { readonly kind: 'perKey'; readonly handle: MessageHandler<Value> }
  readonly backoff?: BackoffLimits
}

export interface TaskProcessor {
  /** Neither ever rejects. */
  process(tasks: readonly Task[]): Promise<void>
  processOne(task: Task): Promise<void>
}

/**
 * Brings tasks of one assignment to their end: decoded, handled and finished in the ledger, moved to a retry or
 * dead-letter topic, or left unfinished when the assignment ended or the process stops.
 *
 * What fails because a part is away is tried again in place for as long as it takes. A batch that fails otherwise is
 * halved until the failing messages stand alone, so that one poison message costs only itself.
 */
export function createTaskProcessor<Value>(options: ProcessTasksOptions<Value>): TaskProcessor {
  const { decoders, retries, logger, metrics, waits, mode, stopping } = options
  const limits = options.backoff ?? DEFAULT_BACKOFF
  /** Tasks that left before their batch was handled. */
  const gone = new WeakSet<Task>()
  const isOpen = (task: Task) => task.assignment.active && !gone.has(task)

  const process = async (tasks: readonly Task[]): Promise<void> => {
    const open = tasks.filter(isOpen)
    if (open.length === 0 || stopping.aborted) return
    try {
      await attempt(open)
    } catch (error) {
      await persist(open, error)
    }
  }

  const processOne = async (task: Task): Promise<void> => {
    if (!isOpen(task) || stopping.aborted) return
    try {
      if (mode.kind === 'perKey') await attemptOne(task, mode.handle)
      else await attempt([task])
    } catch (error) {
      await persist([task], error)
    }
  }

  /** Tries again for as long as a part is away, and takes apart what fails for another reason. */
  const persist = async (tasks: readonly Task[], firstError: unknown): Promise<void> => {
    const pause = createBackoff(stopping, limits)
    let error = firstError
    for (let open = tasks; open[0] !== undefined && !stopping.aborted; open = open.filter(isOpen)) {
      const failure = classifyError(error)
      logger.warn({ ...describeError(error), messages: open.length }, 'work failed')
      if (failure.fate !== 'unavailable') {
        waits.end(tasks)
        return takeApart(open.filter(isOpen), toReason(error, failure), failure.fate !== 'permanent')
      }
      metrics.waits.inc({ code: failure.code })
      waits.begin(tasks, failure.code)
      await pause(open[0].assignment.signal)
      try {
        const left = open.filter(isOpen)
        if (left.length > 0 && !stopping.aborted) await attempt(left)
        break
      } catch (next) {
        error = next
      }
    }
    waits.end(tasks)
  }

  /** @throws what a handler throws, and what a decoder throws because a part is away; then nothing was finished. */
  const attempt = (tasks: readonly Task[]): Promise<void> =>
    mode.kind === 'batch' ? attemptBatch(tasks, mode.handle) : attemptEach(tasks, mode.handle)

  const attemptBatch = async (tasks: readonly Task[], handle: BatchHandler<Value>): Promise<void> => {
    const { taken, decoded } = await decodeAll(tasks)
    const signal = taken[0]?.assignment.signal
    if (signal === undefined) return
    const verdicts = await handle(decoded, signal)
    if (verdicts.length !== taken.length) throw new Error('the handler returned not one verdict for each message')
    const failed: FailedTask[] = []
    for (let index = 0; index < taken.length; index += 1) {
      const verdict = verdicts[index] as Verdict
      const failure = settle(taken[index] as Task, verdict)
      if (failure !== undefined) failed.push(failure)
    }
    if (failed.length > 0) await move(failed)
  }

  const attemptEach = async (tasks: readonly Task[], handle: MessageHandler<Value>): Promise<void> => {
    for (const task of tasks) await attemptOne(task, handle)
  }

  const attemptOne = async (task: Task, handle: MessageHandler<Value>): Promise<void> => {
    let value: Value
    try {
      value = await decode(task)
    } catch (error) {
      return move([undecodable(task, error)])
    }
    const failure = settle(task, await handle(decodedOf(task, value), task.assignment.signal))
    if (failure !== undefined) await move([failure])
  }

  /** Finishes a task, or says how it failed. */
  const settle = (task: Task, verdict: Verdict): FailedTask | undefined => {
    if (verdict.kind !== 'done' && verdict.kind !== 'skip') {
      return { task, reason: verdict, again: verdict.kind === 'retry' }
    }
    finish(task, verdict.kind)
    return undefined
  }

  /** What cannot be decoded is moved away before the rest is handled. */
  const decodeAll = async (tasks: readonly Task[]) => {
    const decoded: Decoded<Value>[] = []
    const taken: Task[] = []
    const failed: FailedTask[] = []
    for (const task of tasks) {
      try {
        decoded.push(decodedOf(task, await decode(task)))
        taken.push(task)
      } catch (error) {
        failed.push(undecodable(task, error))
      }
    }
    if (failed.length > 0) await move(failed)
    return { taken, decoded }
  }

  const decode = ({ message, delivery }: Task): Promise<Value> => {
    const decoder = decoders.get(delivery.topic)
    if (decoder === undefined) throw new Error(`no decoder for topic ${delivery.topic}`)
    return decoder(message)
  }

  /** @throws the error where a part is away. */
  const undecodable = (task: Task, error: unknown): FailedTask => {
    const failure = classifyError(error)
    if (failure.fate === 'unavailable') throw error
    return { task, reason: { ...toReason(error, failure), step: 'decode' }, again: failure.fate !== 'permanent' }
  }

  const decodedOf = ({ message, delivery }: Task, value: Value): Decoded<Value> => ({
    message,
    value,
    attempt: delivery.attempt,
    isLastAttempt: isLastAttempt(retries, delivery),
  })

  const takeApart = async (tasks: readonly Task[], reason: FailureReason, again: boolean): Promise<void> => {
    const [only] = tasks
    if (only !== undefined && tasks.length === 1) return move([{ task: only, reason, again }])
    const middle = Math.ceil(tasks.length / 2)
    await process(tasks.slice(0, middle))
    await process(tasks.slice(middle))
  }

  const finish = (task: Task, verdict: MessageVerdict) => {
    if (!task.assignment.active) return
    task.assignment.finish(task.message)
    metrics.finished(task.delivery.topic, verdict)
  }

  const move = createMover({
    ...options,
    backoff: limits,
    onMoved: (task, verdict) => {
      gone.add(task)
      finish(task, verdict)
    },
  })

  return { process, processOne }
}

/** Words of other code may quote documents; headers hold only our own. */
function toReason(error: unknown, { code, message }: ClassifiedError): FailureReason {
  if (error instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${error instanceof Error ? error.name : 'failure'}; see the log` }
}
