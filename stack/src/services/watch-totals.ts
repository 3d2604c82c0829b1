import { continuedCounter, sumMetric, type Totals } from './metrics.ts'

/** Reads the numbers of the status line from the services' /metrics. */
export type TotalsReader = () => Promise<Totals>

/**
 * A reader that goes on counting over restarts of a service; while one does not answer, its last counts stand and
 * nothing of it runs.
 */
export function totalsReader(addresses: { readonly ingest: string; readonly refresher: string }): TotalsReader {
  const accepted = continuedCounter()
  const published = continuedCounter()
  return async () => {
    const [ingest, refresher] = await Promise.all([metrics(addresses.ingest), metrics(addresses.refresher)])
    return {
      accepted: accepted(sumMetric(ingest, 'ingest_events_accepted_total')),
      running: sumMetric(refresher, 'refresher_refreshes_running') ?? 0,
      published: published(sumMetric(refresher, 'refresher_results_published_total')),
    }
  }
}

async function metrics(address: string): Promise<string> {
  try {
    const answer = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(900) })
    return answer.ok ? await answer.text() : ''
  } catch {
    return '' // it is being restarted
  }
}
