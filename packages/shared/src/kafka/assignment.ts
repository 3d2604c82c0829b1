import type { IncomingMessage } from './incoming.ts'
import { OffsetLedger } from './offset-ledger.ts'

/** An offset of one partition; to be committed, it is the next one to read. */
export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

interface PartitionState {
  readonly topic: string
  readonly partition: number
  readonly ledger: OffsetLedger
  committed: number | undefined
  hasBegun: boolean
  /** The next offset that a fetch should ask for: where the group stands, then where the last batch ended. */
  next: number | undefined
  soughtFor: number | undefined
  passedOver: number
}

/** Partitions by topic. */
export type Assigned = Readonly<Record<string, readonly number[]>>

/** How long the group believes in a silent member, by a clock that never jumps. */
export interface Session {
  readonly timeoutMs: number
  readonly now: () => number
}

const ENDLESS: Session = { timeoutMs: Number.POSITIVE_INFINITY, now: () => 0 }

/**
 * The partitions that one join of the group gave us. A rebalance ends it: its signal is aborted, and what it still has
 * in flight neither commits nor publishes (kafkajs would go on with both, its issue #1046).
 */
export class Assignment {
  readonly #controller = new AbortController()
  /** By topic, then by partition. */
  readonly #partitions = new Map<string, Map<number, PartitionState>>()

  readonly #session: Session
  #heardAt: number

  constructor(assigned: Assigned, session: Session = ENDLESS) {
    this.#session = session
    this.#heardAt = session.now()
    for (const [topic, partitions] of Object.entries(assigned)) {
      const ofTopic = new Map<number, PartitionState>()
      this.#partitions.set(topic, ofTopic)
      for (const partition of partitions) {
        ofTopic.set(partition, {
          topic,
          partition,
          ledger: new OffsetLedger(),
          committed: undefined,
          hasBegun: false,
          next: undefined,
          soughtFor: undefined,
          passedOver: 0,
        })
      }
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get active(): boolean {
    return !this.#controller.signal.aborted
  }

  end(): void {
    this.#controller.abort(new Error('the partition was revoked'))
  }

  /** The group's coordinator answered a heartbeat. */
  noteHeartbeat(): void {
    this.#heardAt = this.#session.now()
  }

  /** The group is rebalancing: until we have joined again nobody knows whose the partitions are. */
  suspend(): void {
    this.#heardAt = Number.NEGATIVE_INFINITY
  }

  /**
   * No heartbeat was answered for a whole session (the process was stopped, or the coordinator is away): the group may
   * have given the partitions to others without us knowing yet.
   */
  get mayBeLost(): boolean {
    return this.#session.now() - this.#heardAt > this.#session.timeoutMs
  }

  get topicPartitions(): { topic: string; partitions: number[] }[] {
    return [...this.#partitions].map(([topic, ofTopic]) => ({ topic, partitions: [...ofTopic.keys()] }))
  }

  has(topic: string, partition: number): boolean {
    return this.#stateOf(topic, partition) !== undefined
  }

  /** Whether it is known where to begin to read. */
  hasStart(topic: string, partition: number): boolean {
    return this.#stateOf(topic, partition)?.next !== undefined
  }

  /** Notes where the group stands, unless the partition is being read already. */
  startAt({ topic, partition, offset }: PartitionOffset): void {
    const state = this.#stateOf(topic, partition)
    if (state !== undefined) state.next ??= offset
  }

  /**
   * Checks that a fetched batch goes on where the last one ended, or the first one where the group stands. A batch that
   * a fetch of an earlier assignment still delivers could skip messages: then the offset to seek to is returned.
   */
  gapBefore(topic: string, partition: number, fetchedOffset: number): number | undefined {
    const next = this.#stateOf(topic, partition)?.next
    return next === undefined || fetchedOffset <= next ? undefined : next
  }

  noteSought(topic: string, partition: number): void {
    const state = this.#stateOf(topic, partition)
    if (state !== undefined) state.soughtFor = state.next
  }

  /** Whether the offset that a fetch should ask for was sought, and nothing came of it yet. */
  hasSought(topic: string, partition: number): boolean {
    const state = this.#stateOf(topic, partition)
    return state?.next !== undefined && state.soughtFor === state.next
  }

  /** Notes the first offset that the partition still holds: what stood before it cannot be read any more. */
  noteFirst(topic: string, partition: number, first: number): void {
    const state = this.#stateOf(topic, partition)
    if (state?.next !== undefined) state.next = Math.max(state.next, first)
  }

  /** Up to where the partition was read; undefined before the first fetch. */
  readUpTo(topic: string, partition: number): number | undefined {
    const state = this.#stateOf(topic, partition)
    return state?.next === undefined ? undefined : Math.max(state.next, state.passedOver)
  }

  /** How many offsets a crash would hand out again: those from the first unfinished one on. */
  uncommittable(topic: string, partition: number): number {
    return this.#stateOf(topic, partition)?.ledger.span ?? 0
  }

  /**
   * Notes that the offsets from `first` to `last` were read and hold no message for us (control records). What is to be
   * read next moves on only where nothing unread is in between: such a batch, too, may be that of a stale fetch.
   */
  passOver(topic: string, partition: number, first: number, last: number): void {
    const state = this.#stateOf(topic, partition)
    if (state === undefined) return
    state.passedOver = Math.max(state.passedOver, last + 1)
    if (state.next !== undefined && first <= state.next) state.next = Math.max(state.next, last + 1)
  }

  /** Notes a fetched batch and returns those of its messages that were not handed out before. */
  handOut(batch: {
    readonly topic: string
    readonly partition: number
    readonly fetchedOffset: number
    readonly lastOffset: number
    readonly messages: readonly IncomingMessage[]
  }): readonly IncomingMessage[] {
    const state = this.#stateOf(batch.topic, batch.partition)
    if (state === undefined) return []
    const from = state.hasBegun ? (state.next ?? batch.fetchedOffset) : batch.fetchedOffset
    state.hasBegun = true
    state.next = Math.max(batch.lastOffset + 1, from)
    const fresh = batch.messages.filter((message) => Number(message.offset) >= from)
    for (const message of fresh) state.ledger.handOut(Number(message.offset))
    return fresh
  }

  finish(message: IncomingMessage): void {
    this.#stateOf(message.topic, message.partition)?.ledger.finish(Number(message.offset))
  }

  #stateOf(topic: string, partition: number): PartitionState | undefined {
    return this.#partitions.get(topic)?.get(partition)
  }

  *#states(): Iterable<PartitionState> {
    for (const ofTopic of this.#partitions.values()) yield* ofTopic.values()
  }

  /** What may be committed and is not yet. */
  committable(): PartitionOffset[] {
    return [...this.#states()].flatMap(({ topic, partition, ledger, committed }) => {
      const offset = ledger.committable
      return offset === undefined || offset === committed ? [] : [{ topic, partition, offset }]
    })
  }

  noteCommitted(offsets: readonly PartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const state = this.#stateOf(topic, partition)
      if (state !== undefined) state.committed = offset
    }
  }
}
