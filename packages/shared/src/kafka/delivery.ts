import type { IncomingMessage } from './incoming.ts'

/** Where a message first stood, and which attempt at it this is: the same for the message itself and its retries. */
export interface Delivery {
  /** The consumed topic: it names decoder, class and dead-letter topic, whichever way the message came. */
  readonly topic: string
  /** -1 where a retry message does not say, as Kafka writes what it does not know. */
  readonly partition: number
  readonly offset: string
  /** 1 for the first. */
  readonly attempt: number
  /** How long the message has to wait before this attempt, in milliseconds from when it was written. */
  readonly delayMs: number
}

/** A retry topic: whose it is and which attempts failed before a message got there. */
export interface RetryLevel {
  readonly topic: string
  readonly failedAttempts: number
  /** The longest delay of this level; a header that says more is not believed. */
  readonly longestDelayMs: number
}

/**
 * Reads where a message comes from. The attempt follows from the topic it stands in, so that headers, which anybody can
 * break, can neither lose a message nor send it round for ever. Never throws.
 * @param level undefined for a message of a consumed topic itself.
 */
export function readDelivery(message: IncomingMessage, level: RetryLevel | undefined): Delivery {
  const { topic, partition, offset } = message
  if (level === undefined) return { topic, partition, offset, attempt: 1, delayMs: 0 }
  const isOurs = textOf(message, 'retry-topic') === level.topic
  return {
    topic: level.topic,
    partition: Number((isOurs && wholeNumber(message, 'retry-partition')) || -1),
    offset: (isOurs && wholeNumber(message, 'retry-offset')) || '-1',
    attempt: level.failedAttempts + 1,
    delayMs: Math.min(Number(wholeNumber(message, 'retry-delay-ms') ?? 0), level.longestDelayMs),
  }
}

function wholeNumber(message: IncomingMessage, name: string): string | undefined {
  const text = textOf(message, name)
  return text !== undefined && /^\d{1,19}$/.test(text) ? text : undefined
}

function textOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value.at(-1) : value)?.toString()
}
