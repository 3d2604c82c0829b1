import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { listTopics } from '@buyer-group/shared/kafka/list-topics.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import type { Collections, DeadLetterReplayDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type HeldReplay, holdReplay } from './hold-replay.ts'
import { createRateLimit } from './limit-rate.ts'
import { type Chunk, readChunks } from './read-chunks.ts'
import { findReplay, findScopes } from './replay-store.ts'

export interface RunOptions {
  readonly kafka: Kafka
  readonly publisher: Publisher
  readonly collections: Pick<Collections, 'deadLetterReplays'>
  readonly replayId: string
  /** Messages a second. */
  readonly rate: number
  /** The most messages that are published before progress is stored, and so the most that a kill repeats. */
  readonly chunkSize?: number
  /** How long a process that died keeps others from going on, in milliseconds. */
  readonly leaseMs?: number
  /** Stops after the chunk under way; the replay can be resumed. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ReplayProgress) => void
}

export interface ReplayProgress {
  /** Messages published since the replay began, also by earlier processes. */
  readonly replayed: number
  /** Letters passed over: replayed by another replay in the meantime, or refused by the plan. */
  readonly skipped: number
  /** Offsets of the plan's ranges that Kafka no longer kept when the replay came to them. */
  readonly expired: number
  /** What the plan counted. */
  readonly planned: number
}

export interface ReplayEnd extends ReplayProgress {
  readonly kind: 'completed' | 'interrupted' | 'cancelled'
}

export const DEFAULT_RATE = 100
const DEFAULT_CHUNK = 50
const DEFAULT_LEASE_MS = 10_000

/**
 * Publishes the letters of a plan to the topics that they came from: chunk by chunk, each stored as done once it was
 * acknowledged. A process killed in between loses nothing, and who goes on repeats at most that chunk. Processes on the
 * same replay exclude each other.
 * @throws AppError `unknown_replay`, `replay_completed`, `replay_cancelled`, `replay_running`, `lease_lost` or
 * `target_topic_missing` (permanent), `kafka_unavailable` (unavailable), MongoDB's errors. It can be run again after
 * each but the first three.
 */
export async function runReplay(options: RunOptions): Promise<ReplayEnd> {
  const { replayId, leaseMs = DEFAULT_LEASE_MS, signal = new AbortController().signal } = options
  const replays = options.collections.deadLetterReplays
  const held = await holdReplay(replays, replayId, { leaseMs, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
    return undefined
  })
  if (held === undefined) {
    const { replayed, skipped, expired, plan } = await findReplay(replays, replayId)
    return { kind: 'interrupted', replayed, skipped, expired, planned: plan.replayable }
  }
  const { replayed, skipped, expired } = held.replay
  const state = { replayed, skipped, expired }
  const planned = held.replay.plan.replayable
  try {
    await checkTargets(options.kafka, held.replay)
    options.onProgress?.({ ...state, planned })
    await publishRest(held, AbortSignal.any([signal, held.signal]), options, state)
    await held.release('completed')
    return { kind: 'completed', ...state, planned }
  } catch (error) {
    // Where the database is away too, the lease runs out by itself.
    await held.release('interrupted').catch(() => {})
    if (codeOf(held.signal.reason) === 'replay_cancelled') return { kind: 'cancelled', ...state, planned }
    if (signal.aborted && !held.signal.aborted) return { kind: 'interrupted', ...state, planned }
    throw error
  }
}

async function publishRest(
  held: HeldReplay,
  signal: AbortSignal,
  options: RunOptions,
  state: { replayed: number; skipped: number; expired: number },
): Promise<void> {
  const { kafka, publisher, collections, rate, chunkSize = DEFAULT_CHUNK, onProgress } = options
  const waitForTurn = createRateLimit(rate)
  const chunkOptions = {
    kafka,
    scope: held.replay,
    findOthers: () => findScopes(collections.deadLetterReplays),
    size: Math.min(chunkSize, rate),
    signal,
  }
  const finish = async (range: number, { messages, skipped, expired, next }: Chunk) => {
    if (messages.length > 0) {
      await waitForTurn(messages.length)
      signal.throwIfAborted()
      await held.renew()
      await publisher.publish(messages)
    }
    await held.save({ range, next, replayed: messages.length, skipped, expired })
    state.replayed += messages.length
    state.skipped += skipped
    state.expired += expired
    onProgress?.({ ...state, planned: held.replay.plan.replayable })
  }

  for (const [index, range] of held.replay.ranges.entries()) {
    if (range.next >= range.to) continue
    for await (const chunk of readChunks(range, chunkOptions)) {
      await finish(index, chunk)
      signal.throwIfAborted()
    }
  }
}

/** A topic may have gone since the plan was made: nothing moves then, rather than some of it. */
async function checkTargets(kafka: Kafka, { plan, replayId }: DeadLetterReplayDoc): Promise<void> {
  const existing = new Set(await listTopics(kafka))
  const missing = plan.byTopic.map(({ name }) => name).filter((topic) => !existing.has(topic))
  if (missing.length === 0) return
  throw new AppError(
    `${missing.join(', ')} of replay ${replayId} does not exist any more: make a new plan, which leaves out its letters`,
    { code: 'target_topic_missing', fate: 'permanent' },
  )
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null | undefined)?.code
}
