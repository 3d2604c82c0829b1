import type { ConsumerRunner, ConsumerRunnerOptions } from '@buyer-group/shared/kafka/consumer-runner.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'

export type RunnerMode = ConsumerRunnerOptions<string>['mode']

export interface SentMessage {
  readonly key: string
  /** Null cannot be decoded. */
  readonly value: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds since the epoch, as the writer's clock says. */
  readonly timestamp?: number
}

/** Topics of a group of their own, with runners that consume them; all gone when the test ends. */
export interface RunnerWorld {
  /** The consumed topics. */
  readonly topics: readonly string[]
  /** The retry topics of a consumed topic, in order: three of three partitions. */
  retryTopicsOf(topic: string): readonly string[]
  /** Starts one more member of the group. Values are decoded as text. */
  start(
    mode: RunnerMode,
    more?: {
      readonly sessionTimeoutMs?: number
      /** None unless told: what fails is dead-lettered at once. */
      readonly retryDelaysMs?: readonly number[]
      /** Stands before the publisher of retries and dead letters. */
      readonly publishing?: (messages: readonly OutgoingMessage[]) => Promise<void>
    },
  ): Promise<ConsumerRunner>
  send(topic: string, messages: readonly SentMessage[]): Promise<void>
  /** Everything in a topic. */
  readAll(topic: string): Promise<readonly IncomingMessage[]>
  deadLettersOf(topic: string): Promise<readonly IncomingMessage[]>
  /** Messages, retries included, that the group has not committed. */
  uncommitted(): Promise<number>
  /** Messages in the memory of all members that wait for their turn. */
  queued(): Promise<number>
}

export type OpenWorld = (options: { readonly partitions: number; readonly topics?: number }) => Promise<RunnerWorld>

export const soon = { timeout: 40_000, interval: 50 }

/** A handler's gate: `opened` resolves when `open` is called. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** As many messages as told, over as many keys, numbered in order. */
export function numbered(count: number, keys: number): SentMessage[] {
  return Array.from({ length: count }, (_, index) => ({ key: `key-${index % keys}`, value: String(index) }))
}

/** The one topic of most worlds. */
export function only(world: RunnerWorld): string {
  return world.topics[0] ?? ''
}
/** A message's headers as text. */
export function textOf(message: IncomingMessage | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]))
}
