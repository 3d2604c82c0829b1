import type { Answer } from './answer.ts'
import type { IngestMetrics } from './metrics.ts'
import { problem } from './problems.ts'
import { type DropRange, dropProbability } from './rules/early-drop.ts'

export interface ShedLoadOptions {
  /** How late the event loop is, in milliseconds, over the last seconds. */
  eventLoopDelayMs(): number
  /** The delay from which requests are refused, in growing part up to twice of it. */
  readonly maxEventLoopDelayMs: number
  /** How full the queue in front of Kafka is: 0 to 1. */
  queueFullness(): number
  /** Evenly from 0 to 1. */
  random(): number
  readonly metrics: Pick<IngestMetrics, 'requestsShed'>
}

/** What to answer a request that is too much; undefined where it may go on. Asked before anything is read or looked up. */
export type ShedLoad = () => Answer | undefined

/** All may be refused by a full queue; it would refuse them anyway, after they were verified. */
const QUEUE: DropRange = { from: 0.8, to: 1, most: 1 }

/** Some are always taken: a loop that is late for another reason than requests would else refuse all of them. */
const MOST_BY_DELAY = 0.9

/** Whoever is refused is sent away for 1 s to this many, at random, so that not all come back together. */
const MAX_RETRY_AFTER_SECONDS = 5

/** Refuses part of the requests while this process is overloaded, so that it answers the others in time. */
export function createShedLoad(options: ShedLoadOptions): ShedLoad {
  const { eventLoopDelayMs, maxEventLoopDelayMs, queueFullness, random, metrics } = options
  const delay: DropRange = { from: maxEventLoopDelayMs, to: 2 * maxEventLoopDelayMs, most: MOST_BY_DELAY }
  return () => {
    const byDelay = dropProbability(eventLoopDelayMs(), delay)
    const byQueue = dropProbability(queueFullness(), QUEUE)
    const probability = Math.max(byDelay, byQueue)
    if (probability === 0 || random() >= probability) return undefined
    metrics.requestsShed.inc({ reason: byQueue >= byDelay ? 'queue' : 'event_loop' })
    const seconds = 1 + Math.floor(random() * MAX_RETRY_AFTER_SECONDS)
    return problem('unavailable', 'Too much comes in at once. Send it again later.', {
      headers: { 'retry-after': String(seconds) },
    })
  }
}
