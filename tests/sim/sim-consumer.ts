import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { Assignment } from '@buyer-group/shared/kafka/assignment.ts'
import type { BatchHandler, Decode, Decoded, MessageHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import { type Delivery, readDelivery } from '@buyer-group/shared/kafka/delivery.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { type FailureReason, toDeadLetter, toRetryMessage } from '@buyer-group/shared/kafka/moved-message.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { jitteredDelay } from '@buyer-group/shared/kafka/rules/retry-delay.ts'
import { deadLetterTopic } from '@buyer-group/shared/messages/topics.ts'
import type { MemoryBroker } from '@buyer-group/testing/memory/memory-broker.ts'
import type { Coordinator, Member } from './coordinator.ts'
import type { Scheduler, SimProcess } from './scheduler.ts'
import { type GroupName, type Level, RETRY_DELAYS_MS, retryTopic, topicsOf } from './sim-topics.ts'

interface SimTask {
  readonly message: IncomingMessage
  readonly assignment: Assignment
  readonly delivery: Delivery
}

/** A partition that was assigned, and how far it is fetched. */
interface Partition {
  readonly topic: string
  readonly partition: number
  readonly level: Level | undefined
  readonly log: readonly IncomingMessage[]
  next: number
}

/** Nothing more is fetched above this. */
const MOST_QUEUED = 8

export interface SimConsumerOptions<Value> {
  readonly scheduler: Scheduler
  readonly broker: MemoryBroker
  readonly process: SimProcess
  readonly group: GroupName
  readonly coordinator: Coordinator
  readonly decode: Decode<Value>
  readonly mode:
    | { readonly kind: 'batch'; readonly handle: BatchHandler<Value> }
    | { readonly kind: 'perKey'; readonly handle: MessageHandler<Value> }
  /** For retries and dead letters. */
  readonly publisher: Publisher
  /** Told of every message whose work is done, before its offset may be committed. */
  readonly onFinished: (message: IncomingMessage) => void
  /** A bug put in on purpose: offsets are committed before the work is done. */
  readonly commitsFirst?: boolean
}

/**
 * A consumer as the runner is one: what it fetches is in order within a partition, runs in batches or in lanes by key,
 * never two of one key at once, and is committed up to the highest contiguous finished offset of an assignment that is
 * still its own. What fails because a part is away is tried in place; other failures go to retry topics, then to the
 * dead letters. When each of these happens is the scheduler's choice.
 */
export class SimConsumer<Value> implements Member {
  readonly memberId: string
  readonly #options: SimConsumerOptions<Value>
  readonly #levels: ReturnType<typeof topicsOf>
  #assignment: Assignment | undefined
  #generation = -1
  #partitions: Partition[] = []
  #queue: SimTask[] = []
  readonly #busy = new Set<string>()

  constructor(options: SimConsumerOptions<Value>) {
    this.#options = options
    this.memberId = options.process.name
    this.#levels = topicsOf(options.group)
  }

  /** What this consumer could do next. */
  actions(): (() => void)[] {
    const { process, coordinator } = this.#options
    if (!process.alive || process.isPaused) return []
    const actions: (() => void)[] = []
    if (this.#generation !== coordinator.generation) actions.push(() => this.#learn())
    if (this.#queue.length <= MOST_QUEUED) {
      for (const partition of this.#partitions)
        if (this.#isFetchable(partition)) actions.push(() => this.#fetch(partition))
    }
    if (this.#runnable().length > 0) actions.push(() => this.#start())
    if (this.#hasToCommit()) actions.push(() => this.#commit())
    return actions
  }

  #learn(): void {
    const { scheduler, process, coordinator } = this.#options
    scheduler.note(process.name, 'learns its assignment')
    this.#assignment?.end()
    this.#queue = []
    const assigned = coordinator.assignedTo(this)
    this.#assignment = new Assignment(assigned)
    this.#generation = coordinator.generation
    this.#partitions = Object.entries(assigned).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({
        topic,
        partition,
        level: this.#levels.get(topic),
        log: this.#options.broker.log(topic, partition),
        next: coordinator.committed(topic, partition),
      })),
    )
  }

  /** Messages of a retry topic are fetched once their delay is over. */
  #isFetchable({ log, next, level }: Partition): boolean {
    const first = log[next]
    if (first === undefined || level === undefined) return first !== undefined
    return first.timestamp + readDelivery(first, level).delayMs <= this.#options.scheduler.now
  }

  #fetch(from: Partition): void {
    const { scheduler, process } = this.#options
    const assignment = this.#assignment
    const { topic, partition, level, next } = from
    const most = level === undefined ? 1 + scheduler.random.below(4) : 1
    const messages = from.log.slice(next, next + most)
    if (assignment === undefined) return
    scheduler.note(process.name, 'fetches', topic, partition, next, messages.length)
    from.next += messages.length
    const batch = { topic, partition, fetchedOffset: next, lastOffset: from.next - 1, messages }
    for (const message of assignment.handOut(batch)) {
      this.#queue.push({ message, assignment, delivery: readDelivery(message, level) })
    }
  }

  /** The first waiting task of every key that nothing runs for; in batch mode one at a time, whatever the key. */
  #runnable(): SimTask[] {
    if (this.#options.mode.kind === 'batch') return this.#busy.size > 0 ? [] : this.#queue.slice(0, 1)
    const seen = new Set(this.#busy)
    return this.#queue.filter((task) => {
      const key = laneOf(task)
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  }

  #start(): void {
    const { mode, scheduler } = this.#options
    if (mode.kind === 'batch') {
      const batch = this.#queue.splice(0, 1 + scheduler.random.below(this.#queue.length))
      this.#run('batch', batch)
      return
    }
    const task = scheduler.random.pick(this.#runnable())
    this.#queue.splice(this.#queue.indexOf(task), 1)
    this.#run(laneOf(task), [task])
  }

  #run(lane: string, tasks: readonly SimTask[]): void {
    const { scheduler, process } = this.#options
    for (const { message } of tasks) scheduler.note(process.name, 'starts', nameOf(message))
    this.#busy.add(lane)
    if (this.#options.commitsFirst) for (const { assignment, message } of tasks) assignment.finish(message)
    void this.#process(tasks).finally(() => this.#busy.delete(lane))
  }

  async #process(tasks: readonly SimTask[]): Promise<void> {
    const { scheduler, process } = this.#options
    for (;;) {
      const open = tasks.filter(({ assignment }) => assignment.active)
      const [first] = open
      if (first === undefined) return
      try {
        return await this.#attempt(open, first.assignment.signal)
      } catch (error) {
        const { code, fate, message } = classifyError(error)
        if (!first.assignment.active) return
        if (fate !== 'unavailable') {
          const reason = { code, message: error instanceof AppError ? message : 'an unexpected failure' }
          if (open.length === 1) return this.#move(first, reason, fate !== 'permanent')
          const middle = Math.ceil(open.length / 2)
          await this.#process(open.slice(0, middle))
          return this.#process(open.slice(middle))
        }
        await scheduler.sleep(process, 1 + scheduler.random.below(100))
      }
    }
  }

  async #attempt(tasks: readonly SimTask[], signal: AbortSignal): Promise<void> {
    const { decode, mode } = this.#options
    const decoded: Decoded<Value>[] = []
    const taken: SimTask[] = []
    for (const task of tasks) {
      const { attempt } = task.delivery
      const isLastAttempt = attempt > RETRY_DELAYS_MS.length
      try {
        decoded.push({ message: task.message, value: await decode(task.message), attempt, isLastAttempt })
        taken.push(task)
      } catch (error) {
        const { code, message } = classifyError(error)
        await this.#move(task, { code, message, step: 'decode' }, false)
      }
    }
    if (taken.length === 0) return
    const verdicts =
      mode.kind === 'batch'
        ? await mode.handle(decoded, signal)
        : await Promise.all(decoded.map((one) => mode.handle(one, signal)))
    for (const [index, task] of taken.entries()) {
      const verdict = verdicts[index]
      if (verdict === undefined) throw new Error('the handler returned not one verdict for each message')
      if (verdict.kind === 'done' || verdict.kind === 'skip') this.#finish(task)
      else await this.#move(task, verdict, verdict.kind === 'retry')
    }
  }

  /** To the next retry topic, or to the dead letters; tried until it stands there. */
  async #move(task: SimTask, reason: FailureReason, again: boolean): Promise<void> {
    const { scheduler, process, publisher } = this.#options
    while (task.assignment.active) {
      try {
        await publisher.publish([this.#moved(task, reason, again)])
        return this.#finish(task)
      } catch {
        await scheduler.sleep(process, 1 + scheduler.random.below(100))
      }
    }
  }

  #moved({ message, delivery }: SimTask, reason: FailureReason, again: boolean): OutgoingMessage {
    const { scheduler, group } = this.#options
    const at = new Date(scheduler.now)
    const longest = again ? RETRY_DELAYS_MS[delivery.attempt - 1] : undefined
    if (longest === undefined) {
      return toDeadLetter(message, delivery, reason, {
        topic: deadLetterTopic(delivery.topic, group),
        service: group,
        at,
      })
    }
    const topic = retryTopic(delivery.topic, group, delivery.attempt)
    return toRetryMessage(message, delivery, reason, {
      topic,
      delayMs: jitteredDelay(longest, scheduler.random.next()),
      at,
    })
  }

  #finish({ message, assignment }: SimTask): void {
    if (!assignment.active) return
    this.#options.onFinished(message)
    if (!this.#options.commitsFirst) assignment.finish(message)
  }

  #hasToCommit(): boolean {
    return this.#assignment?.active === true && this.#assignment.committable().length > 0
  }

  #commit(): void {
    const { scheduler, process, coordinator } = this.#options
    const assignment = this.#assignment
    if (assignment === undefined) return
    const offsets = assignment.committable()
    for (const { topic, partition, offset } of offsets) {
      if (!coordinator.commit(this.#generation, topic, partition, offset)) return
      scheduler.note(process.name, 'commits', topic, partition, offset)
    }
    assignment.noteCommitted(offsets)
  }
}

const nameOf = ({ topic, partition, offset }: IncomingMessage) => `${topic}/${partition}@${offset}`

const laneOf = ({ message }: SimTask) =>
  message.key === null ? `\0${message.topic}/${message.partition}` : message.key.toString()
