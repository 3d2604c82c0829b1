import { classifyError } from '../errors/classify-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import { type BackoffLimits, createBackoff } from './backoff.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import type { DeadLetters, Retries } from './consumer-types.ts'
import type { Delivery } from './delivery.ts'
import { type FailureReason, toDeadLetter, toRetryMessage } from './moved-message.ts'
import type { OutgoingMessage } from './outgoing.ts'
import { jitteredDelay } from './rules/retry-delay.ts'
import type { Task } from './task.ts'
import type { Waits } from './waits.ts'

/** A task that failed, and whether another attempt may succeed. */
export interface FailedTask {
  readonly task: Task
  readonly reason: FailureReason
  readonly again: boolean
}

export interface MoveOptions {
  readonly deadLetters: DeadLetters
  readonly retries: Retries
  readonly logger: Logger
  readonly metrics: ConsumerMetrics
  readonly waits: Waits
  /** Aborted when the process drains: what is not moved yet stays uncommitted. */
  readonly stopping: AbortSignal
  readonly backoff: BackoffLimits
  /** Called for each task whose message stands in its new topic. */
  readonly onMoved: (task: Task, verdict: 'retry' | 'dead_letter') => void
}

/** Whether a failure of this attempt ends in the dead-letter topic. */
export function isLastAttempt(retries: Retries, { attempt }: Delivery): boolean {
  return attempt > retries.delaysMs.length
}

/**
 * Takes messages out of the way of those behind them: into the next retry topic, or after the last one, and where no
 * attempt can succeed, into the dead-letter topic. While Kafka does not take them it is waited for and their offsets
 * stay open; of a revoked partition nothing is published. The returned function never rejects.
 */
export function createMover(options: MoveOptions): (failed: readonly FailedTask[]) => Promise<void> {
  const { deadLetters, retries, logger, metrics, waits, stopping } = options

  const route = ({ task, reason, again }: FailedTask): OutgoingMessage & { readonly isRetry: boolean } => {
    const { message, delivery } = task
    const at = new Date()
    const topic = retries.topicsOf(delivery.topic)[delivery.attempt - 1]
    if (!again || topic === undefined || isLastAttempt(retries, delivery)) {
      const target = { topic: deadLetters.topicOf(delivery.topic), service: deadLetters.service, at }
      return { ...toDeadLetter(message, delivery, reason, target), isRetry: false }
    }
    const delayMs = jitteredDelay(retries.delaysMs[delivery.attempt - 1] ?? 0, Math.random())
    return { ...toRetryMessage(message, delivery, reason, { topic, delayMs, at }), isRetry: true }
  }

  const note = ({ task, reason: { code } }: FailedTask, { topic: to, isRetry }: ReturnType<typeof route>) => {
    const { topic, partition, offset, attempt } = task.delivery
    if (isRetry) metrics.retried.inc({ topic, code, attempt: String(attempt) })
    else metrics.deadLetters.inc({ topic, code })
    const line = { topic, partition, offset, attempt, code, to }
    if (isRetry) logger.warn(line, 'put into a retry topic')
    else logger.error(line, 'dead-lettered')
    options.onMoved(task, isRetry ? 'retry' : 'dead_letter')
  }

  // Every call ends its own wait: each part of a batch that is taken apart waits under its own name.
  const move = (failed: readonly FailedTask[]): Promise<void> => moveAll(failed).finally(() => waits.end(failed))

  const moveAll = async (failed: readonly FailedTask[]): Promise<void> => {
    const pause = createBackoff(stopping, options.backoff)
    let open = failed
    for (;;) {
      open = open.filter(({ task }) => task.assignment.active)
      const assignment = open[0]?.task.assignment
      if (assignment === undefined || stopping.aborted) return
      try {
        if (assignment.mayBeLost) throw new Error('no heartbeat was answered for a whole session')
        const moves = open.map(route)
        await deadLetters.publisher.publish(moves)
        for (const [index, one] of open.entries()) note(one, moves[index] as ReturnType<typeof route>)
        return
      } catch (error) {
        const { code, fate } = classifyError(error)
        const [first] = open
        if (fate === 'permanent' && open.length > 1) {
          for (const one of open) await move([one])
          return
        }
        if (fate === 'permanent' && first?.again) {
          open = [{ ...first, again: false }]
          continue
        }
        waits.begin(failed, code)
        logger.error({ messages: open.length, ...describeError(error) }, 'not moved out of the way yet, trying again')
      }
      await pause(assignment.signal)
    }
  }

  return (failed) => (failed.length === 0 ? Promise.resolve() : move(failed))
}
