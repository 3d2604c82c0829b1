import { Counter, Histogram, type Registry } from 'prom-client'

export interface PeopleSourceMetrics {
  /** Companies asked for: `found`, `none`, `not_asked` (the provider cannot be asked about it), or the code of an error. */
  readonly companies: Counter<'outcome'>
  /** Requests sent, repeats included: `page`, `none`, `redirect`, `throttled`, `aborted`, or the code of an error. */
  readonly requests: Counter<'outcome'>
  readonly duration: Histogram
  /** Rows: `taken`, or `unreadable` and left out. */
  readonly rows: Counter<'outcome'>
}

/** What the HTTP people source reports beside its guard, registered in `registry`. */
export function createPeopleSourceMetrics(registry: Registry): PeopleSourceMetrics {
  const registers = [registry]
  return {
    companies: new Counter({
      name: 'people_source_companies_total',
      help: 'Companies whose people were looked for, by outcome (found, none, not_asked, or the code of an error).',
      labelNames: ['outcome'],
      registers,
    }),
    requests: new Counter({
      name: 'people_source_requests_total',
      help: 'Requests sent to the provider, repeats included, by outcome (page, none, redirect, throttled, aborted, or the code of an error).',
      labelNames: ['outcome'],
      registers,
    }),
    duration: new Histogram({
      name: 'people_source_request_duration_seconds',
      help: 'From sending a request to the provider to the end of its answer.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    rows: new Counter({
      name: 'people_source_rows_total',
      help: 'Rows of people that the provider sent, by outcome (taken; unreadable: left out).',
      labelNames: ['outcome'],
      registers,
    }),
  }
}
