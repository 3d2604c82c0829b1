import { setTimeout as wait } from 'node:timers/promises'
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel'
import { AppError } from '../errors/app-error.ts'
import { type ClassifiedError, classifyError } from '../errors/classify-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import type { BatchHandler, Decode, Decoded } from './consumer-types.ts'
import { type DeadLetterReason, toDeadLetter } from './dead-letter.ts'
import type { Publisher } from './outgoing.ts'
import type { Task } from './task.ts'

/** How often work that failed for an unknown or passing reason is tried in place before it becomes a dead letter. */
const MAX_ATTEMPTS = 5

export interface DeadLetters {
  readonly publisher: Publisher
  /** The dead-letter topic of a consumed topic. */
  topicOf(topic: string): string
  readonly service: string
}

export interface ProcessTasksOptions<Value> {
  readonly decoders: ReadonlyMap<string, Decode<Value>>
  readonly handle: BatchHandler<Value>
  readonly deadLetters: DeadLetters
  readonly logger: Logger
  readonly metrics: ConsumerMetrics
  /** Aborted when the process drains: waits end, unfinished work stays uncommitted. */
  readonly stopping: AbortSignal
  /** Bounds of the waits between attempts, in milliseconds. */
  readonly backoff?: BackoffLimits
}

export interface BackoffLimits {
  readonly initialDelay: number
  readonly maxDelay: number
}

const DEFAULT_BACKOFF: BackoffLimits = { initialDelay: 100, maxDelay: 5_000 }

export interface TaskProcessor {
  /** Brings tasks of one assignment to their end. Never rejects. */
  process(tasks: readonly Task[]): Promise<void>
  /** The code of what is away while work waits for it. */
  waitingFor(): string | undefined
}

/**
 * Tasks end decoded, handled and finished in the ledger, or stay unfinished when the assignment ended or the process
 * stops.
 *
 * What fails because a part is away is tried again for as long as it takes. A batch that fails otherwise is taken
 * apart, so that one poison message costs only itself.
 */
export function createTaskProcessor<Value>(options: ProcessTasksOptions<Value>): TaskProcessor {
  const { decoders, deadLetters, logger, metrics } = options
  /** Work that waits for a part that is away, with the code of that part. */
  const waiting = new Map<readonly Task[], string>()
  const settled = new WeakSet<Task>()

  const process = async (tasks: readonly Task[]): Promise<void> => {
    const pause = backoff(options.stopping, options.backoff ?? DEFAULT_BACKOFF)
    let open = tasks
    for (let attempt = 1; ; attempt += 1) {
      open = open.filter((task) => task.assignment.active && !settled.has(task))
      const assignment = open[0]?.assignment
      if (assignment === undefined || options.stopping.aborted) return
      try {
        open = await attemptAll(open, attempt, assignment.signal)
        if (open.length === 0) return
        if (attempt >= MAX_ATTEMPTS) return await giveUp(open, TOO_MANY_RETRIES)
      } catch (error) {
        const failure = classifyError(error)
        logger.warn({ ...describeError(error), attempt, messages: open.length }, 'work failed')
        metrics.retries.inc({ code: failure.code })
        if (failure.fate === 'unavailable') {
          attempt = 0
          waiting.set(tasks, failure.code)
        } else if (open.length > 1) {
          for (const task of open) await process([task])
          return
        } else if (failure.fate === 'permanent' || attempt >= MAX_ATTEMPTS) {
          return await giveUp(open, withoutForeignWords(error, failure))
        }
      }
      await pause(assignment.signal)
      waiting.delete(tasks)
    }
  }

  /** Returns the tasks that asked for another try. */
  const attemptAll = async (tasks: readonly Task[], attempt: number, signal: AbortSignal): Promise<readonly Task[]> => {
    const decoded: Decoded<Value>[] = []
    const taken: Task[] = []
    for (const task of tasks) {
      try {
        decoded.push({
          message: task.message,
          value: await decode(task),
          attempt,
          isLastAttempt: attempt >= MAX_ATTEMPTS,
        })
        taken.push(task)
      } catch (error) {
        const failure = classifyError(error)
        if (failure.fate === 'unavailable') throw error
        await bury(task, { ...withoutForeignWords(error, failure), step: 'decode' })
      }
    }
    if (taken.length === 0) return []
    const verdicts = await options.handle(decoded, signal)
    const again: Task[] = []
    for (const [index, task] of taken.entries()) {
      const verdict = verdicts[index]
      if (verdict === undefined) throw new Error('the handler returned fewer verdicts than it got messages')
      if (verdict.kind === 'retry') again.push(task)
      else if (verdict.kind === 'deadLetter') await bury(task, verdict)
      else finish(task, verdict.kind)
    }
    return again
  }

  const decode = ({ message }: Task): Promise<Value> => {
    const decoder = decoders.get(message.topic)
    if (decoder === undefined) throw new Error(`no decoder for topic ${message.topic}`)
    return decoder(message)
  }

  const giveUp = async (tasks: readonly Task[], reason: DeadLetterReason) => {
    for (const task of tasks) await bury(task, reason)
  }

  const finish = (task: Task, verdict: 'done' | 'skip' | 'dead_letter') => {
    if (!task.assignment.active) return
    task.assignment.finish(task.message)
    settled.add(task)
    metrics.messages.inc({ topic: task.message.topic, verdict })
  }

  const bury = async (task: Task, reason: DeadLetterReason) => {
    if (task.assignment.active && (await publishDeadLetter(task, reason))) finish(task, 'dead_letter')
  }

  /** True once it stands there; false if the assignment ended or the process stops before (the offset stays open). */
  const publishDeadLetter = async (task: Task, reason: DeadLetterReason) => {
    const { topic, partition, offset } = task.message
    const pause = backoff(options.stopping, options.backoff ?? DEFAULT_BACKOFF)
    while (task.assignment.active && !options.stopping.aborted) {
      const target = { topic: deadLetters.topicOf(topic), service: deadLetters.service, at: new Date() }
      try {
        await deadLetters.publisher.publish([toDeadLetter(task.message, reason, target)])
        metrics.deadLetters.inc({ topic, code: reason.code })
        logger.error({ topic, partition, offset, code: reason.code, to: target.topic }, 'dead-lettered')
        return true
      } catch (error) {
        logger.error({ topic, partition, offset, ...describeError(error) }, 'dead letter not published, trying again')
        await pause(task.assignment.signal)
      }
    }
    return false
  }

  return { process, waitingFor: () => waiting.values().next().value }
}

const TOO_MANY_RETRIES = { code: 'retries_exhausted', message: `asked for a retry ${MAX_ATTEMPTS} times` }

/** Words of other code may quote documents; a dead letter's headers hold only our own. */
function withoutForeignWords(error: unknown, { code, message }: ClassifiedError): { code: string; message: string } {
  if (error instanceof AppError) return { code, message }
  return { code, message: `an unexpected ${error instanceof Error ? error.name : 'failure'}; see the log` }
}

/** Waits with exponential backoff and full jitter; an abort of either signal ends the wait. */
function backoff(stopping: AbortSignal, limits: BackoffLimits): (revoked: AbortSignal) => Promise<void> {
  const factory = new ExponentialBackoff({ ...limits, generator: fullJitterGenerator })
  let current: { readonly duration: number; next(context: unknown): typeof current } | undefined
  return async (revoked) => {
    const step = current === undefined ? factory.next() : current.next(undefined)
    current = step
    await wait(step?.duration ?? 0, undefined, { signal: AbortSignal.any([stopping, revoked]) }).catch(() => {})
  }
}
