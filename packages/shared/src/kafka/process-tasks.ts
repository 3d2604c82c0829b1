import { AppError } from '../errors/app-error.ts'
import { type ClassifiedError, classifyError } from '../errors/classify-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import { type BackoffLimits, createBackoff, DEFAULT_BACKOFF } from './backoff.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler, DeadLetters, Decode, Decoded, Retries } from './consumer-types.ts'
import { createMover, type FailedTask, isLastAttempt } from './move-messages.ts'
import type { FailureReason } from './moved-message.ts'
import type { Task } from './task.ts'
import type { Waits } from './waits.ts'

export interface ProcessTasksOptions<Value> {
  /** By consumed topic. */
  readonly decoders: ReadonlyMap<string, Decode<Value>>
  readonly handle: BatchHandler<Value>
  readonly deadLetters: DeadLetters
  readonly retries: Retries
  readonly logger: Logger
  readonly metrics: ConsumerMetrics
  readonly waits: Waits
  /** Aborted when the process drains: waits end, unfinished work stays uncommitted. */
  readonly stopping: AbortSignal
  readonly backoff?: BackoffLimits
}

/**
 * Brings tasks of one assignment to their end: decoded, handled and finished in the ledger, moved to a retry or
 * dead-letter topic, or left unfinished when the assignment ended or the process stops. The returned function never
 * rejects.
 *
 * What fails because a part is away is tried again in place for as long as it takes. A batch that fails otherwise is
 * halved until the failing messages stand alone, so that one poison message costs only itself.
 */
export function createTaskProcessor<Value>(
  options: ProcessTasksOptions<Value>,
): (tasks: readonly Task[]) => Promise<void> {
  const { decoders, retries, logger, metrics, waits } = options
  const limits = options.backoff ?? DEFAULT_BACKOFF
  /** Tasks that left before their batch was handled. */
  const gone = new WeakSet<Task>()

  const process = async (tasks: readonly Task[]): Promise<void> => {
    let pause: ReturnType<typeof createBackoff> | undefined
    for (;;) {
      const open = tasks.filter((task) => task.assignment.active && !gone.has(task))
      const assignment = open[0]?.assignment
      if (assignment === undefined || options.stopping.aborted) break
      try {
        await attempt(open, assignment.signal)
        break
      } catch (error) {
        const failure = classifyError(error)
        logger.warn({ ...describeError(error), messages: open.length }, 'work failed')
        if (failure.fate !== 'unavailable') {
          waits.end(tasks)
          return await takeApart(open, toReason(error, failure), failure.fate !== 'permanent')
        }
        metrics.waits.inc({ code: failure.code })
        waits.begin(tasks, failure.code)
        pause ??= createBackoff(options.stopping, limits)
        await pause(assignment.signal)
      }
    }
    waits.end(tasks)
  }

  /** @throws what the handler throws, and what a decoder throws because a part is away; then nothing was finished. */
  const attempt = async (tasks: readonly Task[], signal: AbortSignal): Promise<void> => {
    const { taken, decoded } = await decodeAll(tasks)
    if (taken.length === 0) return
    const verdicts = await options.handle(decoded, signal)
    if (verdicts.length !== taken.length) throw new Error('the handler returned not one verdict for each message')
    const failed: FailedTask[] = []
    for (let index = 0; index < taken.length; index += 1) {
      const task = taken[index] as Task
      const verdict = verdicts[index]
      if (verdict?.kind === 'done' || verdict?.kind === 'skip') finish(task, verdict.kind)
      else if (verdict !== undefined) failed.push({ task, reason: verdict, again: verdict.kind === 'retry' })
    }
    await move(failed)
  }

  /** What cannot be decoded is moved away before the rest is handled. */
  const decodeAll = async (tasks: readonly Task[]) => {
    const decoded: Decoded<Value>[] = []
    const taken: Task[] = []
    const failed: FailedTask[] = []
    for (const task of tasks) {
      const { message, delivery } = task
      try {
        const decode = decoders.get(delivery.topic)
        if (decode === undefined) throw new Error(`no decoder for topic ${delivery.topic}`)
        const value = await decode(message)
        decoded.push({ message, value, attempt: delivery.attempt, isLastAttempt: isLastAttempt(retries, delivery) })
        taken.push(task)
      } catch (error) {
        const failure = classifyError(error)
        if (failure.fate === 'unavailable') throw error
        const reason = { ...toReason(error, failure), step: 'decode' }
        failed.push({ task, reason, again: failure.fate !== 'permanent' })
      }
    }
    await move(failed)
    return { taken, decoded }
  }

  const takeApart = async (tasks: readonly Task[], reason: FailureReason, again: boolean): Promise<void> => {
    const [only] = tasks
    if (only !== undefined && tasks.length === 1) return move([{ task: only, reason, again }])
    const middle = Math.ceil(tasks.length / 2)
    await process(tasks.slice(0, middle))
    await process(tasks.slice(middle))
  }

  const finish = (task: Task, verdict: 'done' | 'skip' | 'retry' | 'dead_letter') => {
    if (!task.assignment.active) return
    task.assignment.finish(task.message)
    metrics.messages.inc({ topic: task.delivery.topic, verdict })
  }

  const move = createMover({
    ...options,
    backoff: limits,
    onMoved: (task, verdict) => {
      gone.add(task)
      finish(task, verdict)
    },
  })

  return process
}

/** Words of other code may quote documents; headers hold only our own. */
function toReason(error: unknown, { code, message }: ClassifiedError): FailureReason {
  if (error instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${error instanceof Error ? error.name : 'failure'}; see the log` }
}
