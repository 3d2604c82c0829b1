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
  /** Offset that the first fetch asked for: where this assignment began to read. */
  began: number | undefined
  /** The next offset that a fetch should ask for. */
  next: number | undefined
  soughtFor: number | undefined
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
  readonly #partitions = new Map<string, PartitionState>()

  readonly #session: Session
  #heardAt: number

  constructor(assigned: Assigned, previous?: Assignment, session: Session = ENDLESS) {
    this.#session = session
    this.#heardAt = session.now()
    for (const [topic, partitions] of Object.entries(assigned)) {
      for (const partition of partitions) {
        this.#partitions.set(keyOf(topic, partition), {
          topic,
          partition,
          ledger: new OffsetLedger(),
          committed: undefined,
          began: undefined,
          next: previous?.position(topic, partition),
          soughtFor: undefined,
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
    const topics = new Map<string, number[]>()
    for (const { topic, partition } of this.#partitions.values()) {
      topics.set(topic, [...(topics.get(topic) ?? []), partition])
    }
    return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
  }

  /** Where the group stands on this partition as far as we know: what we committed, else where we began. */
  position(topic: string, partition: number): number | undefined {
    const state = this.#partitions.get(keyOf(topic, partition))
    return state?.committed ?? state?.began
  }

  /**
   * Checks that a fetched batch goes on where the last one ended. A batch that a fetch of an earlier assignment still
   * delivers could skip messages: then the offset to seek to is returned, once for each position, so that offsets
   * that hold no message (control records) cannot make it seek for ever.
   */
  gapBefore(topic: string, partition: number, fetchedOffset: number): number | undefined {
    const state = this.#partitions.get(keyOf(topic, partition))
    if (state?.next === undefined || fetchedOffset <= state.next || state.soughtFor === state.next) return undefined
    state.soughtFor = state.next
    return state.next
  }

  /** Where the next fetch should begin; undefined before the first. */
  nextFetch(topic: string, partition: number): number | undefined {
    return this.#partitions.get(keyOf(topic, partition))?.next
  }

  /** How many offsets a crash would hand out again: those from the first unfinished one on. */
  uncommittable(topic: string, partition: number): number {
    return this.#partitions.get(keyOf(topic, partition))?.ledger.span ?? 0
  }

  /** Notes that offsets up to `next` were fetched and hold no message for us (control records). */
  skipTo(topic: string, partition: number, next: number): void {
    const state = this.#partitions.get(keyOf(topic, partition))
    if (state?.next !== undefined && next > state.next) state.next = next
  }

  /** Notes a fetched batch and returns those of its messages that were not handed out before. */
  handOut(batch: {
    readonly topic: string
    readonly partition: number
    readonly fetchedOffset: number
    readonly lastOffset: number
    readonly messages: readonly IncomingMessage[]
  }): readonly IncomingMessage[] {
    const state = this.#partitions.get(keyOf(batch.topic, batch.partition))
    if (state === undefined) return []
    const from = state.began === undefined ? batch.fetchedOffset : (state.next ?? batch.fetchedOffset)
    state.began ??= batch.fetchedOffset
    state.next = Math.max(batch.lastOffset + 1, from)
    const fresh = batch.messages.filter((message) => Number(message.offset) >= from)
    for (const message of fresh) state.ledger.handOut(Number(message.offset))
    return fresh
  }

  finish(message: IncomingMessage): void {
    this.#partitions.get(keyOf(message.topic, message.partition))?.ledger.finish(Number(message.offset))
  }

  /** What may be committed and is not yet. */
  committable(): PartitionOffset[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, ledger, committed }) => {
      const offset = ledger.committable
      return offset === undefined || offset === committed ? [] : [{ topic, partition, offset }]
    })
  }

  noteCommitted(offsets: readonly PartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const state = this.#partitions.get(keyOf(topic, partition))
      if (state !== undefined) state.committed = offset
    }
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
