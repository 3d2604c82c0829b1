import { randomBytes } from 'node:crypto'
import type { Kafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { listTopics } from '@buyer-group/shared/kafka/list-topics.ts'
import type { Collections, DeadLetterFilter, DeadLetterReplayPlan } from '@buyer-group/shared/mongo/collections.ts'
import { readLetters } from './read-letters.ts'
import { findScopes, insertReplay } from './replay-store.ts'
import { sourceOf } from './rules/choose-topics.ts'
import { judgeLetter } from './rules/judge-letter.ts'
import { createPlanSummary } from './rules/summarize-plan.ts'

export interface PlanOptions {
  readonly kafka: Kafka
  readonly collections: Pick<Collections, 'deadLetterReplays'>
  /** Dead-letter topics. */
  readonly topics: readonly string[]
  readonly filter: DeadLetterFilter
  /** Take letters too that an earlier replay has taken. */
  readonly again?: boolean
  readonly signal?: AbortSignal
}

export interface PlannedReplay {
  /** null where nothing can be replayed: then nothing was stored. */
  readonly replayId: string | null
  readonly plan: DeadLetterReplayPlan
  /** Topics that letters came from and that do not exist any more. */
  readonly missingTopics: readonly string[]
}

/**
 * Says what a replay would do with the letters that stand there now, and stores that as a plan; nothing moves. Letters
 * whose topic no longer exists, whose origin cannot be read or is not the topic that these dead letters belong to, or
 * that were replayed already are refused and counted.
 * @throws AppError `unknown_topic` (permanent), `kafka_unavailable` (unavailable), MongoDB's errors.
 */
export async function planReplay(options: PlanOptions): Promise<PlannedReplay> {
  const { kafka, topics, filter, again = false, signal } = options
  const replays = options.collections.deadLetterReplays
  const [existing, others] = [new Set(await listTopics(kafka)), await findScopes(replays)]
  const missing = new Set<string>()
  const summary = createPlanSummary()
  for await (const { letter } of readLetters(kafka, topics, filter, signal)) {
    const source = sourceOf(letter.location.topic)
    if (letter.origin?.topic === source && !existing.has(source)) missing.add(source)
    const scope = { replayId: '', filter, again, ranges: [], missingTopics: [...missing], plan: { lastAt: null } }
    summary.add(letter, judgeLetter(letter, scope, others))
  }
  const plan = summary.plan()
  const missingTopics = [...missing].sort()
  if (plan.replayable === 0) return { replayId: null, plan, missingTopics }
  const replayId = randomBytes(4).toString('hex')
  await insertReplay(replays, {
    replayId,
    status: 'planned',
    filter,
    again,
    ranges: summary.ranges(),
    missingTopics,
    plan,
    replayed: 0,
    skipped: 0,
    expired: 0,
    lease: null,
  })
  return { replayId, plan, missingTopics }
}
