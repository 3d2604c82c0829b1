import { deadLetter, done, skip, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import type { Detector } from './detector.ts'
import type { DecisionLabel } from './metrics.ts'
import type { RecordedChanges } from './record-events.ts'
import { decideOutcome, groupDecisions } from './rules/decide-outcome.ts'

/**
 * Writes the decisions of a batch's changes in one round trip, counts them, and gives each change its verdict.
 * @param commandIds the commands that the batch claimed, by company.
 * @returns verdicts by place in the batch.
 */
export async function decideEvents(
  { stores, metrics, now }: Detector,
  { open, insignificant, repeats, conflicts, refused }: RecordedChanges,
  commandIds: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<number, Verdict>> {
  if (open.length > 0) await stores.events.decide(groupDecisions(open, commandIds), new Date(now()))

  const verdicts = new Map<number, Verdict>()
  const counts = new Map<DecisionLabel, number>()
  const judge = (index: number, outcome: DecisionLabel, verdict: Verdict) => {
    verdicts.set(index, verdict)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  for (const change of open) judge(change.item.index, decideOutcome(change, commandIds).outcome, done)
  for (const { index } of insignificant) judge(index, 'insignificant', done)
  for (const { index } of repeats) judge(index, 'repeat', REPEAT)
  for (const { index } of conflicts) judge(index, 'conflict', CONFLICT)
  for (const { index } of refused) judge(index, 'rejected', REFUSED)
  for (const [outcome, count] of counts) metrics.decisions.inc({ outcome }, count)
  for (const { classification } of [...open, ...insignificant]) {
    if (classification === undefined) continue
    metrics.classifications.inc({ type: classification.type, reason: classification.reason })
  }
  return verdicts
}

const REPEAT = skip('repeat')
const CONFLICT = deadLetter(
  'event_id_conflict',
  'an event with this id was recorded before with another body',
  'record',
)
const REFUSED = deadLetter('event_not_storable', 'MongoDB can never take this event as a document', 'record')
