import { countOf, formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'
import type { CountOf, DeadLetterReplayPlan } from '@buyer-group/shared/mongo/collections.ts'

const REFUSALS: Readonly<Record<string, string>> = {
  unreadable_origin: 'its headers do not say where it came from',
  wrong_origin: 'it names another topic as its origin than the one whose dead letters these are',
  target_topic_missing: 'the topic that it came from does not exist any more',
  newer_than_plan: 'it came after the plan was made',
  already_replayed: 'a replay took it already (--again takes it once more)',
}

/** What a replay would do, a line each. */
export function describePlan(plan: DeadLetterReplayPlan, missingTopics: readonly string[]): string[] {
  const lines = [`${countOf(plan.replayable, 'dead letter')} would be replayed.`]
  if (plan.firstAt !== null && plan.lastAt !== null) {
    lines.push(`  dead-lettered from ${formatTime(plan.firstAt)} to ${formatTime(plan.lastAt)}`)
  }
  lines.push(...section('to topic', plan.byTopic), ...section('by reason', plan.byReason))
  const more = plan.companies - plan.topCompanies.length
  lines.push(...section('by company', plan.topCompanies))
  if (more > 0) lines.push(`    ... and ${countOf(more, 'more company', 'more companies')}`)
  for (const { name, count } of plan.refused) {
    const topics = name === 'target_topic_missing' ? `: ${missingTopics.join(', ')}` : ''
    lines.push(`${countOf(count, 'letter')} refused (${name}): ${REFUSALS[name] ?? name}${topics}`)
  }
  return lines
}

function section(title: string, counts: readonly CountOf[]): string[] {
  if (counts.length === 0) return []
  const width = Math.max(...counts.map(({ count }) => String(count).length))
  return [`  ${title}`, ...counts.map(({ name, count }) => `    ${String(count).padStart(width)}  ${name}`)]
}
