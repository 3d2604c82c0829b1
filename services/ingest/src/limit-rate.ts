import type { IngestMetrics } from './metrics.ts'
import { createTokenBucket, type TokenBucket } from './rules/token-bucket.ts'
import type { Source } from './sources/sources.ts'

export interface RateLimits {
  /** Events a second of a source that has no rate of its own; undefined limits none of these. */
  readonly perSource: number | undefined
  /** Events a second of all sources together; undefined for no such limit. */
  readonly global: number | undefined
  /** How much of a rate may come at once, as the time that it takes to flow in (milliseconds). */
  readonly burstMs: number
}

export interface LimitRateOptions {
  readonly limits: RateLimits
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number
  readonly metrics: Pick<IngestMetrics, 'rateLimited'>
}

/** Counts the events of a delivery: undefined while it may go on, else the whole seconds to wait, at least 1. */
export type LimitRate = (source: Pick<Source, 'name' | 'eventsPerSecond'>, events: number) => number | undefined

/**
 * Limits the events of each source and of all together in this process, by token buckets. A delivery counts in both or in
 * neither. Keeps one bucket a source, so only configured sources may be given; a rate that is configured anew begins with
 * a full bucket.
 */
export function createLimitRate({ limits, monotonic, metrics }: LimitRateOptions): LimitRate {
  const bucketOf = (perSecond: number) =>
    createTokenBucket(perSecond, Math.max(1, (perSecond * limits.burstMs) / 1_000), monotonic())
  const global = limits.global === undefined ? undefined : bucketOf(limits.global)
  const ofSources = new Map<string, { readonly perSecond: number; readonly bucket: TokenBucket }>()

  const bucketOfSource = ({ name, eventsPerSecond }: Pick<Source, 'name' | 'eventsPerSecond'>) => {
    const perSecond = eventsPerSecond ?? limits.perSource
    if (perSecond === undefined) return undefined
    let known = ofSources.get(name)
    if (known?.perSecond !== perSecond) {
      known = { perSecond, bucket: bucketOf(perSecond) }
      ofSources.set(name, known)
    }
    return known.bucket
  }

  return (source, events) => {
    const bucket = bucketOfSource(source)
    if (bucket === undefined && global === undefined) return undefined
    const now = monotonic()
    const sourceWait = bucket?.waitMs(events, now) ?? 0
    const globalWait = global?.waitMs(events, now) ?? 0
    const waitMs = Math.max(sourceWait, globalWait)
    if (waitMs > 0) {
      metrics.rateLimited.inc({ source: source.name, scope: sourceWait > 0 ? 'source' : 'global' }, events)
      return Math.ceil(waitMs / 1_000)
    }
    bucket?.take(events, now)
    global?.take(events, now)
    return undefined
  }
}
