import type { DeadLetterRange, DeadLetterReplayPlan } from '@buyer-group/shared/mongo/collections.ts'
import { createNameCounts } from './count-names.ts'
import type { Judgement } from './judge-letter.ts'
import type { DeadLetter } from './read-dead-letter.ts'

const TOP_COMPANIES = 10

/** A letter without a key, in counts by company. */
export const NO_COMPANY = '(none)'

/** Gathers what a replay would do, letter by letter, and the offsets that it needs to read for it. */
export interface PlanSummary {
  add(letter: DeadLetter, judgement: Judgement): void
  plan(): DeadLetterReplayPlan
  /** From the first to the last letter to replay in each partition. */
  ranges(): DeadLetterRange[]
}

export function createPlanSummary(): PlanSummary {
  const refused = createNameCounts()
  const topics = createNameCounts()
  const reasons = createNameCounts()
  const companies = createNameCounts()
  const ranges = new Map<string, DeadLetterRange>()
  let replayable = 0
  let firstAt: number | null = null
  let lastAt: number | null = null

  return {
    add: (letter, judgement) => {
      if (judgement.kind === 'ignore') return
      if (judgement.kind === 'refuse') return refused.add(judgement.why)
      replayable += 1
      topics.add(judgement.topic)
      reasons.add(letter.code)
      companies.add(letter.company ?? NO_COMPANY)
      firstAt = Math.min(firstAt ?? letter.at, letter.at)
      lastAt = Math.max(lastAt ?? letter.at, letter.at)
      const { topic, partition, offset } = letter.location
      const name = `${topic}/${partition}`
      const from = Math.min(ranges.get(name)?.from ?? offset, offset)
      const to = Math.max(ranges.get(name)?.to ?? 0, offset + 1)
      ranges.set(name, { topic, partition, from, to, next: from })
    },
    plan: () => ({
      replayable,
      refused: refused.top(),
      byTopic: topics.top(),
      byReason: reasons.top(),
      topCompanies: companies.top(TOP_COMPANIES),
      companies: companies.size,
      firstAt: firstAt === null ? null : new Date(firstAt),
      lastAt: lastAt === null ? null : new Date(lastAt),
    }),
    ranges: () => [...ranges.values()],
  }
}
