import { countOf, formatTable, formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'
import type { DeadLetterReplayDoc } from '@buyer-group/shared/mongo/collections.ts'
import { describeExpired } from './describe-end.ts'
import { describePlan } from './describe-plan.ts'

export interface ReplayFacts extends DeadLetterReplayDoc {
  /** Someone works on it now. */
  readonly isHeld: boolean
}

const HEADINGS = ['ID', 'STATUS', 'CREATED', 'REPLAYED', 'SKIPPED', 'EXPIRED', 'PLANNED']

/** A running replay that nobody works on was interrupted without saying so. */
export function statusOf({ status, isHeld }: Pick<ReplayFacts, 'status' | 'isHeld'>): DeadLetterReplayDoc['status'] {
  return status === 'running' && !isHeld ? 'interrupted' : status
}

/** Replays, a line each. */
export function describeStatuses(replays: readonly ReplayFacts[]): string[] {
  if (replays.length === 0) return ['No replays.']
  const rows = replays.map((replay) => [
    replay.replayId,
    statusOf(replay),
    formatTime(replay.createdAt),
    String(replay.replayed),
    String(replay.skipped),
    String(replay.expired),
    String(replay.plan.replayable),
  ])
  return formatTable(HEADINGS, rows)
}

/** One replay: how far it is, and what was planned. */
export function describeStatus(replay: ReplayFacts): string[] {
  const { replayId, createdAt, startedAt, endedAt, replayed, skipped, expired, plan, again } = replay
  const times = [`planned ${formatTime(createdAt)}`]
  if (startedAt !== undefined) times.push(`started ${formatTime(startedAt)}`)
  if (endedAt !== undefined) times.push(`ended ${formatTime(endedAt)}`)
  const status = statusOf(replay)
  const lines = [
    `replay ${replayId}: ${status}`,
    `  ${times.join(', ')}`,
    `  ${replayed.toLocaleString('en')} of ${countOf(plan.replayable, 'letter')} replayed, ${skipped.toLocaleString('en')} skipped`,
    ...(expired > 0 ? [`  ${describeExpired(expired)}`] : []),
    `  filter: ${describeFilter(replay)}${again ? ', replayed ones again' : ''}`,
    'the plan',
    ...describePlan(plan, replay.missingTopics).map((line) => `  ${line}`),
  ]
  if (status === 'interrupted') lines.push(`Go on with it: npm run dlq -- replay ${replayId}`)
  if (status === 'planned') lines.push(`Begin it: npm run dlq -- replay ${replayId}`)
  return lines
}

function describeFilter({ filter, ranges }: ReplayFacts): string {
  const topics = [...new Set(ranges.map(({ topic }) => topic))]
  const parts = [`in ${topics.join(', ')}`]
  if (filter.companies) parts.push(`company ${filter.companies.join(' or ')}`)
  if (filter.reasons) parts.push(`reason ${filter.reasons.join(' or ')}`)
  if (filter.since) parts.push(`since ${formatTime(filter.since)}`)
  if (filter.until) parts.push(`until ${formatTime(filter.until)}`)
  return parts.join(', ')
}
