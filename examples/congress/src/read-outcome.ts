import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import type { Latency } from './rules/format-report.ts'
import { percentile } from './rules/percentile.ts'

export interface Outcome {
  readonly significant: number
  readonly coalesced: number
  readonly refreshes: number
  readonly endToEnd: Latency
  readonly leading: Latency
}

/** What the detector decided, how many refreshes ran, and how long events took until they were published. */
export async function readOutcome({ webhookEvents, refreshLogs }: Collections): Promise<Outcome> {
  const leading: number[] = []
  const coalesced: number[] = []
  let coalescedCount = 0
  let leadingCount = 0
  const events = webhookEvents.find(
    { 'decision.outcome': { $in: ['refresh', 'coalesced'] } },
    { projection: { _id: 0, receivedAt: 1, 'coveredBy.at': 1, 'decision.outcome': 1 } },
  )
  for await (const { receivedAt, coveredBy = [], decision } of events) {
    const isLeading = decision?.outcome === 'refresh'
    if (isLeading) leadingCount += 1
    else coalescedCount += 1
    const publishedAt = Math.max(...coveredBy.map(({ at }) => at.getTime()))
    if (Number.isFinite(publishedAt)) (isLeading ? leading : coalesced).push(publishedAt - receivedAt.getTime())
  }
  return {
    significant: leadingCount + coalescedCount,
    coalesced: coalescedCount,
    refreshes: await refreshLogs.countDocuments({ status: 'completed' }),
    endToEnd: latencyOf([...leading, ...coalesced]),
    leading: latencyOf(leading),
  }
}

const latencyOf = (values: readonly number[]): Latency => ({
  p50: percentile(values, 50),
  p99: percentile(values, 99),
})
