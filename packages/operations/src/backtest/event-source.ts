import type { BacktestEvent } from './rules/backtest-event.ts'

/** Which events a backtest takes: those that ingest took at or after `since` and before `until`. */
export interface EventRange {
  readonly since: Date
  readonly until: Date
}

/** Why an event is left out: its payload is no native event, or it was delivered before. */
export type LeftOut = 'unreadable' | 'repeat'

/** Events as ingest took them, from whatever still keeps them. */
export interface EventSource {
  readonly kind: 'stored' | 'topic'
  /**
   * The events in the order in which ingest took them, each once, a bounded number of them in memory. May be called
   * again, and then reads the same range.
   * @throws what the client throws when its part is away.
   */
  read(onLeftOut?: (why: LeftOut) => void): AsyncIterable<BacktestEvent>
}
