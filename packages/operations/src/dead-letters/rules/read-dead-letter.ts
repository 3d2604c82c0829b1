import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'

/** Where a message stands in Kafka. */
export interface Location {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** One time that a message was replayed: where and why it stood as a dead letter then. */
export interface ReplayStep extends Location {
  readonly code: string
  /** When it was dead-lettered, ISO 8601. */
  readonly at: string
}

/** A message of a dead-letter topic as its headers tell it; its value is not looked at. */
export interface DeadLetter {
  /** Where it stands: its dead-letter topic. */
  readonly location: Location
  /** When it was put there, by the message's timestamp, milliseconds since the epoch. */
  readonly at: number
  /** The key: the company's id. */
  readonly company: string | null
  /** Where it first stood, partition and offset -1 where only the topic is known; null where the headers do not say. */
  readonly origin: Location | null
  /** Why it stands there: a stable code, `unreadable` where the headers do not say. */
  readonly code: string
  readonly message: string | null
  readonly step: string | null
  readonly service: string | null
  /** How many attempts it had; null where the headers do not say. */
  readonly attempts: number | null
  /** By `dlq-at`, as it stands there. */
  readonly deadLetteredAt: string | null
  /** The earlier times that it was replayed, oldest first. */
  readonly history: readonly ReplayStep[]
  /** Bytes of the value; null for a tombstone. */
  readonly bytes: number | null
  /** What keeps it from being read as a dead letter, in words; null for a readable one. */
  readonly problem: string | null
}

/** The code that a letter without one is listed and filtered under. */
export const UNREADABLE = 'unreadable'

/** The code a letter needs and where it came from; without these it cannot go back. */
const NEEDED = ['dlq-code', 'dlq-topic', 'dlq-partition', 'dlq-offset'] as const

/** Reads what a dead letter says of itself. Never throws: what is missing or odd is named in `problem`. */
export function readDeadLetter(message: IncomingMessage): DeadLetter {
  const header = (name: string) => headerOf(message, name)
  const missing = NEEDED.filter((name) => !header(name))
  const partition = place(header('dlq-partition'))
  const offset = place(header('dlq-offset'))
  const topic = header('dlq-topic')
  const isBad = missing.length === 0 && (partition === null || offset === null)
  return {
    location: { topic: message.topic, partition: message.partition, offset: Number(message.offset) },
    at: message.timestamp,
    company: message.key === null ? null : message.key.toString('utf8'),
    origin: topic && partition !== null && offset !== null ? { topic, partition, offset } : null,
    code: header('dlq-code') || UNREADABLE,
    message: header('dlq-message'),
    step: header('dlq-step'),
    service: header('dlq-service'),
    attempts: wholeNumber(header('dlq-attempt')),
    deadLetteredAt: header('dlq-at'),
    history: readHistory(header('replay-history')),
    bytes: message.value === null ? null : message.value.length,
    problem: isBad ? 'dlq-partition or dlq-offset is no number' : describeMissing(missing),
  }
}

/** A header as text; the last one where it was given several times, null where it is missing. */
export function headerOf(message: IncomingMessage, name: string): string | null {
  const value = message.headers[name]
  const last = Array.isArray(value) ? value.at(-1) : value
  return last === undefined ? null : last.toString()
}

function describeMissing(missing: readonly string[]): string | null {
  if (missing.length === 0) return null
  return missing.length === NEEDED.length ? 'it has no dlq-* headers' : `it has no ${missing.join(', ')} header`
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** A partition or an offset: -1 where it was lost on the way. */
function place(text: string | null): number | null {
  return text === '-1' ? -1 : wholeNumber(text)
}

/** Entries that are no steps are left out: a history is a help, and a broken one must not keep a letter here. */
function readHistory(text: string | null): ReplayStep[] {
  if (text === null) return []
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.filter(isStep) : []
  } catch {
    return []
  }
}

function isStep(value: unknown): value is ReplayStep {
  const { code, at, topic, partition, offset } = (value ?? {}) as Partial<Record<keyof ReplayStep, unknown>>
  return (
    [code, at, topic].every((part) => typeof part === 'string') &&
    [partition, offset].every((part) => typeof part === 'number')
  )
}
