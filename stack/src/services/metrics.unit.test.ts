import { describe, expect, it } from 'vitest'
import { continuedCounter, statusLine, sumMetric } from './metrics.ts'

const TEXT = `# HELP ingest_events_accepted_total Events accepted
# TYPE ingest_events_accepted_total counter
ingest_events_accepted_total{source="test",note="a } b 7"} 5
ingest_events_accepted_total{source="linkedin"} 1.5e3 1700000000000
ingest_events_accepted_total_bytes 99
refresher_refreshes_running 0
`

describe('a metric', () => {
  it('is summed over its labels, without those whose names only begin alike', () => {
    expect(sumMetric(TEXT, 'ingest_events_accepted_total')).toBe(1_505)
    expect(sumMetric(TEXT, 'refresher_refreshes_running')).toBe(0)
  })

  it('that is absent has no value, which is not zero', () => {
    expect(sumMetric(TEXT, 'refresher_results_published_total')).toBeUndefined()
  })
})

it('goes on counting when a service restarts from zero or does not answer', () => {
  const total = continuedCounter()
  expect([10, undefined, 12, 0, 3].map(total)).toEqual([10, 10, 12, 12, 15])
})

it('shows the three numbers in one line', () => {
  expect(statusLine({ accepted: 55_681, running: 2, published: 294 })).toBe(
    'events accepted 55,681  |  refreshes running 2  |  results published 294',
  )
})
