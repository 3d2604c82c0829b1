import { createSecretKey } from 'node:crypto'
import { createHistogram } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { createEventPoster } from './post-event.ts'

export interface ReplayOptions {
  /** The bodies to post, one event each. */
  readonly events: AsyncIterable<string> | Iterable<string>
  /** Where to post: the base URL of ingest, or the whole address of an endpoint. */
  readonly target: string
  /** The secret to sign with. */
  readonly secret: string
  /** Most events started in a second; without it as many as the target takes. */
  readonly ratePerSecond?: number | undefined
  /** Most events under way at once, each on its own connection. */
  readonly concurrency: number
  /** How often one event is tried; 12 unless told (about a minute). */
  readonly maxAttempts?: number | undefined
  /** Starts nothing more once aborted. */
  readonly signal?: AbortSignal | undefined
  /** Called after each event, with the counts so far. */
  onProgress?(counts: ReplayCounts): void
}

export interface ReplayCounts {
  /** Events that have their last word. */
  readonly sent: number
  readonly accepted: number
  /** Answered 200: the target already had them. */
  readonly repeated: number
  /** Refused for good, by problem code. */
  readonly refused: Readonly<Record<string, number>>
  /** Not taken within all attempts, by the last attempt's code. */
  readonly failed: Readonly<Record<string, number>>
  /** Attempts by status, or by the error's code where there was no answer. */
  readonly answers: Readonly<Record<string, number>>
}

export interface ReplayReport extends ReplayCounts {
  readonly durationMs: number
  /** Of the attempts that were taken, in milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number }
}

const DEFAULT_ATTEMPTS = 12

/**
 * Posts events to ingest as a provider would and reports what became of them: an event ends accepted, repeated, refused
 * or failed. Order is only kept with a concurrency of 1.
 * @throws what reading `events` throws, after what was under way has ended.
 */
export async function replayEvents(options: ReplayOptions): Promise<ReplayReport> {
  const { ratePerSecond, concurrency, signal, onProgress } = options
  const counts = {
    sent: 0,
    accepted: 0,
    repeated: 0,
    refused: {} as Record<string, number>,
    failed: {} as Record<string, number>,
    answers: {} as Record<string, number>,
  }
  const latencyMicros = createHistogram()
  const poster = createEventPoster({
    url: endpointOf(options.target),
    key: createSecretKey(Buffer.from(options.secret, 'utf8')),
    connections: concurrency,
    maxAttempts: options.maxAttempts ?? DEFAULT_ATTEMPTS,
    onAttempt: (answer) => increment(counts.answers, String(answer)),
    signal,
  })
  const start = performance.now()
  const events = toAsync(options.events)
  const untilTurn = ratePerSecond === undefined ? undefined : createPacer(ratePerSecond, start)

  const worker = async () => {
    for (let next = await events.next(); !next.done && !signal?.aborted; next = await events.next()) {
      await untilTurn?.()
      const outcome = await poster.post(next.value)
      counts.sent += 1
      if (outcome.kind === 'refused' || outcome.kind === 'failed') increment(counts[outcome.kind], outcome.code)
      else {
        counts[outcome.kind] += 1
        latencyMicros.record(Math.max(1, Math.round(outcome.latencyMs * 1_000)))
      }
      onProgress?.(counts)
    }
  }

  const ended = await Promise.allSettled(Array.from({ length: concurrency }, worker))
  await poster.close()
  await events.return(undefined)
  const broken = ended.find((result) => result.status === 'rejected')
  if (broken !== undefined) throw broken.reason
  const percentile = (percent: number) => (latencyMicros.count === 0 ? 0 : latencyMicros.percentile(percent) / 1_000)
  return {
    ...counts,
    durationMs: performance.now() - start,
    latencyMs: { p50: percentile(50), p99: percentile(99), max: percentile(100) },
  }
}

/** True when every event was accepted or already there. */
export function isAllTaken({ sent, accepted, repeated }: ReplayCounts): boolean {
  return accepted + repeated === sent
}

const ENDPOINT = '/api/webhooks/person-change'

function endpointOf(target: string): URL {
  const url = new URL(target)
  return url.pathname === '/' ? new URL(ENDPOINT, url) : url
}

/** Lets callers go on one by one, `ratePerSecond` in each second; who is late is not slowed down further. */
function createPacer(ratePerSecond: number, start: number): () => Promise<void> {
  const everyMs = 1_000 / ratePerSecond
  let turns = 0
  return async () => {
    const waitMs = start + turns * everyMs - performance.now()
    turns += 1
    if (waitMs >= 1) await wait(waitMs)
  }
}

async function* toAsync(events: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* events
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
