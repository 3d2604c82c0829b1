import type { DeadLetterReplayDoc, DeadLetterReplayPlan } from '@buyer-group/shared/mongo/collections.ts'
import { sourceOf } from './choose-topics.ts'
import { matchesFilter } from './matches-filter.ts'
import type { DeadLetter } from './read-dead-letter.ts'

/** What a replay needs to be known by, to tell which letters it takes and has taken. */
export interface ReplayScope
  extends Pick<DeadLetterReplayDoc, 'replayId' | 'filter' | 'ranges' | 'missingTopics' | 'again'> {
  /** When the newest of its letters was put there; null while the plan is being made. */
  readonly plan: Pick<DeadLetterReplayPlan, 'lastAt'>
}

/** Why a replay leaves a letter where it stands. */
export type Refusal =
  | 'unreadable_origin'
  | 'wrong_origin'
  | 'target_topic_missing'
  | 'newer_than_plan'
  | 'already_replayed'

export type Judgement =
  | { readonly kind: 'replay'; readonly topic: string }
  | { readonly kind: 'refuse'; readonly why: Refusal }
  /** The filter does not take it. */
  | { readonly kind: 'ignore' }

/**
 * What a replay does with a letter. Deterministic for a stored replay, so that a run judges as its plan did, and so
 * that what was replayed can be told from the progress of replays, without a record for each letter.
 * @param others replays, of which those that have taken the letter already count unless `scope.again`
 */
export function judgeLetter(letter: DeadLetter, scope: ReplayScope, others: readonly ReplayScope[]): Judgement {
  if (!matchesFilter(letter, scope.filter)) return { kind: 'ignore' }
  const why = findObstacle(letter, scope)
  if (why !== undefined) return { kind: 'refuse', why }
  const isTaken = !scope.again && findReplayOf(letter, others, scope.replayId) !== undefined
  if (isTaken) return { kind: 'refuse', why: 'already_replayed' }
  return { kind: 'replay', topic: sourceOf(letter.location.topic) }
}

/**
 * What keeps this replay from sending the letter back. Headers can say anything: a letter goes to the topic that its
 * dead-letter topic belongs to, or nowhere; a retry topic is no origin, since the first place is kept on the way.
 */
function findObstacle(letter: DeadLetter, scope: ReplayScope): Refusal | undefined {
  const { origin, problem, location } = letter
  if (origin === null || problem !== null) return 'unreadable_origin'
  if (origin.topic !== sourceOf(location.topic)) return 'wrong_origin'
  if (scope.missingTopics.includes(origin.topic)) return 'target_topic_missing'
  return isNewer(letter, scope) ? 'newer_than_plan' : undefined
}

/**
 * Came it after the newest letter of the plan? Offsets begin anew in a dead-letter topic that was deleted and made again,
 * so that a letter that no plan saw may stand at a planned place. Both times are the topic's own: no two clocks differ.
 */
function isNewer({ at }: DeadLetter, { plan }: ReplayScope): boolean {
  return plan.lastAt !== null && at > plan.lastAt.getTime()
}

/**
 * The id of a replay among these that has taken the letter: the latest that takes letters again, else the first, as the
 * others found it taken. `replays` are in the order they were made.
 */
export function findReplayOf(letter: DeadLetter, replays: readonly ReplayScope[], except?: string): string | undefined {
  const taken = replays.filter((replay) => replay.replayId !== except && hasTaken(replay, letter))
  return (taken.findLast(({ again }) => again) ?? taken[0])?.replayId
}

/** Has this replay come past the letter, and would it take it? */
function hasTaken(replay: ReplayScope, letter: DeadLetter): boolean {
  const { topic, partition, offset } = letter.location
  const isPast = replay.ranges.some(
    (range) => range.topic === topic && range.partition === partition && offset >= range.from && offset < range.next,
  )
  return isPast && matchesFilter(letter, replay.filter) && findObstacle(letter, replay) === undefined
}
