import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export interface RefresherMetrics {
  /**
   * How commands ended: `completed`, `cached` (a completed one that took a fresh group over), `republished` (its group
   * was stored already by an attempt before), `superseded` or `failed`.
   */
  readonly refreshes: Counter<'outcome'>
  /** Refreshes made of the local directory alone after the people source failed for good, by the code of its error. */
  readonly withoutSource: Counter<'code'>
  readonly running: Gauge
  readonly resultsPublished: Counter<'outcome'>
  readonly duration: Histogram
  readonly endToEnd: Histogram
  readonly foldedEvents: Counter
}

/** The refresher's own metrics, registered in `registry`. */
export function createRefresherMetrics(registry: Registry): RefresherMetrics {
  const registers = [registry]
  return {
    refreshes: new Counter({
      name: 'refresher_refreshes_total',
      help: 'Refresh commands ended, by outcome (completed, cached, republished, superseded, failed).',
      labelNames: ['outcome'],
      registers,
    }),
    withoutSource: new Counter({
      name: 'refresher_refreshes_without_source_total',
      help: 'Refreshes made of the local directory alone after the people source failed for good, by its error code.',
      labelNames: ['code'],
      registers,
    }),
    running: new Gauge({ name: 'refresher_refreshes_running', help: 'Refreshes under way.', registers }),
    resultsPublished: new Counter({
      name: 'refresher_results_published_total',
      help: 'Refresh results published, repeats included, by outcome (completed, failed).',
      labelNames: ['outcome'],
      registers,
    }),
    duration: new Histogram({
      name: 'refresher_refresh_duration_seconds',
      help: 'From a command in hand to its end.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    endToEnd: new Histogram({
      name: 'refresher_end_to_end_seconds',
      help: 'From ingest taking the earliest folded event to its refresh being published, the window included.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 7_200],
      registers,
    }),
    foldedEvents: new Counter({
      name: 'refresher_folded_events_total',
      help: 'Waiting events folded into a group.',
      registers,
    }),
  }
}
