import type { Verdict } from '../outcomes/verdict.ts'
import type { IncomingMessage } from './incoming.ts'
import type { Publisher } from './outgoing.ts'

/** A message whose value was decoded, and how often it was tried. */
export interface Decoded<Value> {
  readonly message: IncomingMessage
  readonly value: Value
  /** 1 for the first delivery, one more for each way through a retry topic. Waiting for a part that is away counts not. */
  readonly attempt: number
  /** Whether a failure of this attempt ends in the dead-letter topic rather than in a retry topic. */
  readonly isLastAttempt: boolean
}

/**
 * Turns a message's bytes into its value.
 * @throws AppError permanent (dead letter at once) or unavailable (the registry is away: pause and wait).
 */
export type Decode<Value> = (message: IncomingMessage) => Promise<Value>

/**
 * Handles what gathered while the last batch was in flight, over all partitions, in offset order within each.
 * Returns one verdict a message, in the same order. Throwing retries the whole batch: effects must be idempotent.
 */
export type BatchHandler<Value> = (batch: readonly Decoded<Value>[], signal: AbortSignal) => Promise<readonly Verdict[]>

/**
 * Handles one message. Messages of one key never run side by side in a process and keep their order within a topic;
 * messages of different keys do run side by side.
 */
export type MessageHandler<Value> = (decoded: Decoded<Value>, signal: AbortSignal) => Promise<Verdict>

/** Where a group puts what it can never process. */
export interface DeadLetters {
  /** Publishes retries too. */
  readonly publisher: Publisher
  /** The dead-letter topic of a consumed topic. */
  topicOf(topic: string): string
  readonly service: string
}

/** How a group tries again what failed. */
export interface Retries {
  /** The longest wait before each further attempt, in milliseconds; empty: what fails is dead-lettered at once. */
  readonly delaysMs: readonly number[]
  /** The retry topics of a consumed topic, in the order of the attempts. All are read, also where the delays are fewer. */
  topicsOf(topic: string): readonly string[]
}
